import { readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Backup, type CheckProblem, EnhancedFileManager } from '@tgstore/core';
import { isTemporaryName } from '@tgstore/fs';
import { tempDirectory } from '@tgstore/testkit';
import { IDS, isRestored, versionsOf } from './events.ts';
import { joinVersions } from './ledger.ts';
import { loggedWork } from './logged-work.ts';
import type { Stress } from './stress.ts';

export interface Still {
  /** Appends that were interrupted, which recovery took back. */
  readonly takenBack: number;
}

/** Looks at a store that nobody uses, all processes being dead: it is mended, complete, and can be processed to its end. */
export async function checkStill(stress: Stress): Promise<Still> {
  stress.catchUp();
  await using store = stress.openStore();
  const takenBack = await recover(stress, store);
  stress.keep(await finishRestores(store));
  await compareAll(stress, store);
  await processTheRest(stress, store);
  await checkLeftOvers(stress, store);
  await checkBackups(stress, store);
  return { takenBack };
}

async function recover(stress: Stress, store: EnhancedFileManager): Promise<number> {
  const complain = (when: string, problem: CheckProblem): void => {
    stress.violations.push(`${when}: ${problem.code} ${problem.path}: ${problem.message}`);
  };
  for await (const problem of store.check()) {
    const isExpected = problem.code === 'CHECK_INTERRUPTED_APPEND' || problem.severity === 'notice';
    if (!isExpected) complain('before recovery', problem);
  }
  const { actions } = await store.recover({ minAgeMs: 0 });
  for (const { problem, status, quarantined } of actions) {
    if (status === 'left') complain('left by recovery', problem);
    // the state of a conversation whose deletion was cut off
    else if (quarantined && problem.code !== 'CHECK_ORPHAN') complain('moved away', problem);
  }
  for await (const problem of store.check()) {
    if (!isOfTheLiving(problem)) complain('after recovery', problem);
  }
  return actions.filter(({ problem }) => problem.code === 'CHECK_INTERRUPTED_APPEND').length;
}

/** Temporary files of those whose pid was given away again are left for a day. */
function isOfTheLiving({ code, path }: CheckProblem): boolean {
  return code === 'CHECK_TEMPORARY_FILE' && !isLeftOver(basename(path));
}

function isLeftOver(name: string): boolean {
  if (!isTemporaryName(name)) return false;
  try {
    process.kill(Number.parseInt(name.split('-')[2] ?? '', 36), 0);
    return false;
  } catch {
    return true;
  }
}

/** Restores once more, as who sees one interrupted does, and takes what all restores replaced out of their backups. */
async function finishRestores(store: EnhancedFileManager): Promise<ReadonlyMap<string, number>> {
  const { backups } = await store.listBackups();
  const newest = backups.find(({ tag }) => tag === undefined);
  const only = IDS.filter(isRestored);
  if (newest) await store.restoreBackup(newest.id, { overwrite: true, only });
  return await takeKept(store);
}

/** What restores have replaced, which is kept in backups of their own; these are removed. */
export async function takeKept(store: EnhancedFileManager): Promise<ReadonlyMap<string, number>> {
  const found: ReadonlyMap<string, number>[] = [];
  for (const backup of (await store.listBackups()).backups) {
    if (backup.tag !== 'pre-restore') continue;
    for (const versions of (await versionsIn(store, backup)).values()) found.push(versions);
    await rm(backup.path.replace(/\.tar.*$/, '.manifest.json'), { force: true });
    await rm(backup.path);
  }
  return joinVersions(...found);
}

async function versionsIn(
  store: EnhancedFileManager,
  { id }: Backup,
): Promise<Map<string, ReadonlyMap<string, number>>> {
  await using directory = await tempDirectory();
  await store.restoreBackup(id, { to: directory.path });
  await using restored = new EnhancedFileManager({ storageDir: directory.path });
  const versions = new Map<string, ReadonlyMap<string, number>>();
  for (const each of await restored.listConversations()) {
    const { messages } = await restored.loadConversation(each);
    versions.set(each, versionsOf(messages.values()));
  }
  return versions;
}

async function compareAll(stress: Stress, store: EnhancedFileManager): Promise<void> {
  const processed = new Set(await store.listConversations({ processed: true }));
  for (const id of IDS) {
    const found = await stress.read(store, id);
    if (!found) continue;
    const all = isRestored(id) ? joinVersions(found, stress.kept) : found;
    stress.violations.push(...stress.ledger.compare(id, all, stress.ledger.demand(id)));
    if (processed.has(id)) stress.violations.push(...stress.hands.compare(id, found));
    stress.ledger.accept(id, found);
    stress.hands.retain(id, found);
  }
  stress.kept = new Map();
}

async function processTheRest(stress: Stress, store: EnhancedFileManager): Promise<void> {
  const work = loggedWork(stress.write, stress.random, { holder: 0, fails: 0 });
  const results = await store.processAllUnprocessed(work, { retryFailed: true });
  stress.catchUp();
  for (const [id, { status, error }] of results) {
    if (status !== 'processed') stress.violations.push(`${id} is ${status} at the end: ${error}`);
  }
  for (const id of await store.listConversations()) {
    const found = await stress.read(store, id);
    if (found) stress.violations.push(...stress.hands.compare(id, found));
  }
}

async function checkLeftOvers(stress: Stress, store: EnhancedFileManager): Promise<void> {
  // it removes what killed makers of backups left; nothing else does
  await store.backups.pruneBackups();
  for (const name of await readdir(stress.path, { recursive: true })) {
    if (isLeftOver(basename(name))) stress.violations.push(`${name} is left over`);
  }
  const states = join(stress.path, '.tgstore', 'state');
  for (const name of await readdir(states)) {
    // what a backup has marked as processed still has the claim of who was killed before
    if (IDS.some((id) => isRestored(id) && name === `${id}.json`)) continue;
    const { claim } = JSON.parse(await readFile(join(states, name), 'utf8'));
    if (claim) stress.violations.push(`${name} still has a claim: ${JSON.stringify(claim)}`);
  }
}

async function checkBackups(stress: Stress, store: EnhancedFileManager): Promise<void> {
  const { backups, foreign } = await store.listBackups();
  // one that is killed while it prunes leaves the manifest beside an archive
  const strange = foreign.filter((name) => !name.endsWith('.manifest.json'));
  if (strange.length > 0) stress.violations.push(`beside the backups: ${strange.join(', ')}`);
  for (const backup of backups) {
    try {
      const versions = await versionsIn(store, backup);
      for (const id of IDS) {
        const found = versions.get(id);
        if (found && stress.ledger.demand(id).deletions === 0 && !isRestored(id)) {
          const demand = { versions: new Map<string, number>(), deletions: 0 };
          stress.violations.push(...stress.ledger.compare(id, found, demand));
        }
      }
    } catch (error) {
      stress.violations.push(`backup ${backup.id} can't be restored: ${error}`);
    }
  }
}
