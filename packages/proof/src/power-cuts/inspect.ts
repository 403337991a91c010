import { rm } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { EnhancedFileManager, FileManager } from '@tgstore/core';
import { hasCode } from '../has-code.ts';
import type { GoOnOrder, Inspected, InspectOrder } from './protocol.ts';
import { type State, textsOf, toMessages } from './steps.ts';

/** Reads a store, recovers it, and looks through all of it. */
export async function inspect({ storageDir, since, backups }: InspectOrder): Promise<Inspected> {
  const problems: string[] = [];
  const complain = (what: string): unknown => problems.push(what);
  await using store = new EnhancedFileManager({ storageDir });
  const before = await read(storageDir, complain);
  // nothing was begun
  if (!before) return { states: {}, revisions: {}, problems, rolledBack: 0, told: {} };
  const { actions } = await store.recover({ minAgeMs: 0 });
  for (const { problem, status, message } of actions) {
    if (!EXPECTED.has(problem.code) || status === 'left') {
      complain(`recovery ${status} ${problem.code} at ${problem.path}: ${message}`);
    }
  }
  const after = await read(storageDir, complain);
  if (!isDeepStrictEqual(after, before)) complain('before recovery, readers saw something else');
  for await (const { code, severity, path, message } of store.check()) {
    // one of another boot may be of a container that lives: it goes after a day
    const isYoung = code === 'CHECK_TEMPORARY_FILE' && severity === 'notice';
    if (!isYoung) complain(`${code} ${path}: ${message}`);
  }
  for (const id of backups) {
    await store.backups.verifyBackup(id).catch((error) => complain(`backup ${id}: ${error}`));
  }
  // they would fill the disk
  await rm(store.backups.backupDir, { recursive: true, force: true });
  const states = after?.states ?? {};
  const told: Record<string, string[] | undefined> = {};
  for (const id of Object.keys(since)) {
    const state = states[id];
    if (state) told[id] = await changesOf(store, id, since[id], state);
  }
  const rolledBack = actions.filter(({ problem: { code } }) => code === 'CHECK_INTERRUPTED_APPEND');
  const revisions = after?.revisions ?? {};
  return { states, revisions, problems, rolledBack: rolledBack.length, told };
}

/** Adds messages to each conversation, and reads what it is then. */
export async function goOn({ storageDir, added }: GoOnOrder): Promise<Inspected> {
  const problems: string[] = [];
  const complain = (what: string): unknown => problems.push(what);
  await using store = new EnhancedFileManager({ storageDir, appendInPlaceFrom: 0 });
  for (const [id, texts] of Object.entries(added)) {
    await store
      .appendMessages(id, toMessages(0, texts))
      .catch((error) => complain(`${id} can't be changed: ${error}`));
  }
  const { states = {}, revisions = {} } = (await read(storageDir, complain)) ?? {};
  return { states, revisions, problems, rolledBack: 0, told: {} };
}

// what a crash may leave behind, and is of no conversation
const EXPECTED = new Set([
  'CHECK_INTERRUPTED_APPEND',
  'CHECK_LEFTOVER_LOCK',
  'CHECK_TEMPORARY_FILE',
]);

/** `undefined` where there is no store. */
async function read(
  storageDir: string,
  complain: (problem: string) => unknown,
): Promise<Pick<Inspected, 'states' | 'revisions'> | undefined> {
  const store = new FileManager({ storageDir });
  const states: Record<string, State> = {};
  const revisions: Record<string, string> = {};
  const files = await store.listFiles().catch((error: unknown) => {
    if (!hasCode(error, 'STORE_NOT_A_STORE')) throw error;
  });
  if (!files) return undefined;
  for (const { id, status } of files) {
    try {
      const conversation = await store.loadConversation(id);
      states[id] = { status, texts: textsOf(conversation) };
      revisions[id] = String(conversation.metadata.revision_id);
    } catch (error) {
      complain(`${id} can't be read: ${error}`);
    }
  }
  return { states, revisions };
}

async function changesOf(
  store: EnhancedFileManager,
  id: string,
  sinceRevision: string | undefined,
  { texts }: State,
): Promise<string[] | undefined> {
  const changes = await store.changes(id, { sinceRevision });
  if (changes.everything) return undefined;
  return [...Object.keys(texts).filter((key) => changes.includes(key)), ...changes.deleted];
}
