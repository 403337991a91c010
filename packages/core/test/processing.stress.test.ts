import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isTemporaryName } from '@tgstore/fs';
import { createRandom, type Random, tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { type CheckProblem, EnhancedFileManager } from '../src/index.ts';
import { openBackups } from '../src/open-backups.ts';
import { bundle } from './support/bundle.ts';
import { collect } from './support/collect.ts';
import { conversation } from './support/conversations.ts';
import { type TempProcessing, tempProcessing } from './support/processing.ts';
import { errorsOf } from './support/store.ts';
import {
  type Done,
  type Handled,
  IDS,
  type Ingested,
  type Versions,
  versionOf,
} from './support/stress/events.ts';
import { lineWriter, readLines } from './support/stress/lines.ts';
import { loggedWork } from './support/stress/logged-work.ts';

const DURATION_MS = process.env.TGSTORE_STRESS === 'long' ? 120_000 : 10_000;
const LANES = ['ingest', 'ingest', 'process', 'process', 'back-up', 'read', 'mark'] as const;

test(`what ${LANES.length} processes do to one store while each is killed again and again loses nothing`, {
  timeout: DURATION_MS + 240_000,
}, async () => {
  const seed = Number(process.env.TGSTORE_SEED ?? Date.now() % 1_000_000_007);
  process.stderr.write(`seed ${seed}; again with TGSTORE_SEED=${seed}\n`);
  await using temp = await tempProcessing();
  await using directory = await tempDirectory();
  for (const id of IDS) await temp.store.saveConversation(conversation(id, []));
  const logs = {
    ingested: join(directory.path, 'ingested'),
    handled: join(directory.path, 'handled'),
    done: join(directory.path, 'done'),
  };
  for (const log of Object.values(logs)) lineWriter(log);
  const programs = LANES.map((name) => new URL(`support/stress/${name}.ts`, import.meta.url));
  const start = await bundle(programs, join(directory.path, 'programs'));
  const kills = await runLanes(temp.path, { seed, logs, start });
  await processTheRest(temp, createRandom(seed), lineWriter(logs.handled));

  const ingested = readLines<Ingested>(logs.ingested);
  const handled = readLines<Handled>(logs.handled);
  report(kills, { ingested, handled, done: readLines<Done>(logs.done) });
  const stored = await readStored(temp.store);
  expectAllIngested(stored, ingested);
  expectAllHandedOver(stored, handled);
  expectOneHand(handled);
  await expectCleanStore(temp);
  await expectGoodBackup(temp.path, join(directory.path, 'restored'));
});

interface Logs {
  readonly ingested: string;
  readonly handled: string;
  readonly done: string;
}

type Start = (name: string, args: readonly string[]) => ChildProcess;

/** Keeps a process running in each lane; resolves to how many were killed. */
async function runLanes(
  path: string,
  { seed, logs, start }: { readonly seed: number; readonly logs: Logs; readonly start: Start },
): Promise<number> {
  const end = performance.now() + DURATION_MS;
  const failure = new AbortController();
  const tellKill = lineWriter(logs.handled);
  const logOf = { ingest: logs.ingested, process: logs.handled } as Partial<Record<string, string>>;
  const runLane = async (program: string, lane: number): Promise<number> => {
    const random = createRandom(seed + lane);
    let kills = 0;
    try {
      while (performance.now() < end && !failure.signal.aborted) {
        const first = (lane + 1) * 1_000_000_000 + kills * 1_000_000;
        const holder = seed + lane * 10_000 + kills;
        const args = [path, String(holder), logOf[program] ?? logs.done];
        const pause = Math.min(random.int(50, 2500), end - performance.now());
        await runAndKill(start(program, [...args, String(first)]), {
          pause,
          beforeKill: () => tellKill({ kind: 'kill', holder }),
        });
        kills += 1;
      }
    } catch (error) {
      failure.abort(error);
    }
    return kills;
  };
  const kills = await Promise.all(LANES.map(runLane));
  failure.signal.throwIfAborted();
  return kills.reduce((sum, count) => sum + count, 0);
}

async function runAndKill(
  child: ChildProcess,
  { pause, beforeKill }: { readonly pause: number; readonly beforeKill: () => void },
): Promise<void> {
  const exited = once(child, 'exit');
  await Promise.race([once(child.stdout ?? child, 'data'), exited]);
  await Promise.race([delay(Math.max(0, pause)), exited]);
  beforeKill();
  child.kill('SIGKILL');
  await exited;
  if (child.signalCode !== 'SIGKILL')
    throw new Error(`${child.spawnargs.join(' ')} ended with ${child.exitCode}`);
}

async function processTheRest(
  { open }: TempProcessing,
  random: Random,
  write: (line: Handled) => void,
): Promise<void> {
  await using store = open();
  const before = await store.listConversations({ processed: false });
  const work = loggedWork(write, random, { holder: 0, fails: 0 });
  const results = await store.processAllUnprocessed(work, { retryFailed: true });
  expect([...results.keys()].sort()).toEqual(before.sort());
  for (const [id, { status, error }] of results)
    expect(status, `${id}: ${error}`).toBe('processed');
  expect(await store.listConversations({ processed: true })).toHaveLength(IDS.length);
}

type Stored = Map<string, Versions>;

async function readStored(store: EnhancedFileManager): Promise<Stored> {
  const stored: Stored = new Map();
  for (const id of IDS) {
    const messages = await collect(store.readMessages(id));
    const versions = messages.map((message) => [String(message.id), versionOf(message)] as const);
    stored.set(id, Object.fromEntries(versions));
    expect(Object.keys(stored.get(id) ?? {}), `${id} has each once`).toHaveLength(messages.length);
  }
  return stored;
}

function expectAllIngested(stored: Stored, ingested: readonly Ingested[]): void {
  const acknowledged = new Map<string, number>();
  const tried = new Map<string, number>();
  for (const { kind, id, versions } of ingested) {
    const into = kind === 'try' ? tried : acknowledged;
    for (const [key, version] of Object.entries(versions)) into.set(`${id} ${key}`, version);
  }
  const found = new Map<string, number>();
  for (const [id, versions] of stored) {
    for (const [key, version] of Object.entries(versions)) found.set(`${id} ${key}`, version);
  }
  const lost = [...acknowledged].filter(([key, version]) => !((found.get(key) ?? -1) >= version));
  expect(lost).toEqual([]);
  const foreign = [...found].filter(([key, version]) => !(version <= (tried.get(key) ?? -1)));
  expect(foreign).toEqual([]);
  expect(acknowledged.size).toBeGreaterThan(0);
}

/** The last processor that finished with a message had it as it is. */
function expectAllHandedOver(stored: Stored, handled: readonly Handled[]): void {
  const given = new Map<string, Versions>();
  const finished = new Map<string, number>();
  for (const event of handled) {
    if (event.kind === 'given') given.set(`${event.holder} ${event.id}`, event.versions);
    if (event.kind !== 'end' || !event.ok) continue;
    for (const [key, version] of Object.entries(given.get(`${event.holder} ${event.id}`) ?? {})) {
      finished.set(`${event.id} ${key}`, version);
    }
  }
  const missed = [...stored].flatMap(([id, versions]) =>
    Object.entries(versions)
      .map(([key, version]) => ({ key: `${id} ${key}`, version }))
      .filter(({ key, version }) => finished.get(key) !== version)
      .map(({ key, version }) => ({ key, version, last: finished.get(key) })),
  );
  expect(missed).toEqual([]);
}

/** Of processors that live, one at most has a conversation. */
function expectOneHand(handled: readonly Handled[]): void {
  const holders = new Map<string, number>();
  const killed = new Set<number>();
  const twice: string[] = [];
  for (const event of handled) {
    // what it still wrote before it was dead
    if (killed.has(event.holder)) continue;
    if (event.kind === 'kill') {
      killed.add(event.holder);
      for (const [id, holder] of holders) if (holder === event.holder) holders.delete(id);
    } else if (event.kind === 'begin') {
      const other = holders.get(event.id);
      if (other !== undefined) twice.push(`${event.id}: ${other} and ${event.holder}`);
      holders.set(event.id, event.holder);
    } else if (event.kind === 'end') {
      holders.delete(event.id);
    }
  }
  expect(twice).toEqual([]);
}

async function expectCleanStore({ store, path, state }: TempProcessing): Promise<void> {
  // it removes what killed makers of backups left; nothing else does
  await openBackups({ storageDir: path }).pruneBackups();
  const found = await collect(store.check());
  expect(found.filter(({ code }) => code !== 'CHECK_TEMPORARY_FILE')).toEqual([]);
  expect(await store.recover({ minAgeMs: 0 })).toMatchObject({ left: 0 });
  const after = await collect(store.check());
  const isExpected = ({ code, path }: CheckProblem) =>
    code === 'CHECK_TEMPORARY_FILE' && !isLeftOver(basename(path));
  expect(after.filter((problem) => !isExpected(problem))).toEqual([]);
  const left = (await readdir(path, { recursive: true })).filter((name) =>
    isLeftOver(basename(name)),
  );
  expect(left).toEqual([]);
  for (const id of IDS) expect(await state(id)).not.toHaveProperty('claim');
}

/** Temporary files of those whose pid was given away again are left for a day. */
function isLeftOver(name: string): boolean {
  if (!isTemporaryName(name)) return false;
  try {
    process.kill(Number.parseInt(name.split('-')[2] ?? '', 36), 0);
    return false;
  } catch {
    return true;
  }
}

async function expectGoodBackup(path: string, target: string): Promise<void> {
  const backupDir = join(path, 'backups');
  const backups = openBackups({ storageDir: target, backupDir });
  const { backups: all, foreign } = await backups.listBackups();
  // one that is killed while it prunes leaves the manifest beside an archive
  expect(foreign.filter((name) => !name.endsWith('.manifest.json'))).toEqual([]);
  const [newest] = all;
  if (!newest) return;
  await new EnhancedFileManager({ storageDir: target }).saveConversation(conversation('new'));
  await backups.restoreBackup(newest.id);
  expect(await errorsOf(target)).toEqual([]);
  const store = new EnhancedFileManager({ storageDir: target });
  expect((await store.listConversations()).sort()).toEqual([...IDS, 'new'].sort());
  for (const id of IDS) for await (const message of store.readMessages(id)) versionOf(message);
}

function report(
  kills: number,
  {
    ingested,
    handled,
    done,
  }: {
    readonly ingested: readonly Ingested[];
    readonly handled: readonly Handled[];
    readonly done: readonly Done[];
  },
): void {
  const sum = (key: keyof Done) => done.reduce((all, line) => all + (line[key] ?? 0), 0);
  const count = (is: (event: Handled) => boolean) => handled.filter(is).length;
  const holders = new Set<string>();
  let cutOff = 0;
  for (const event of handled) {
    if (event.kind === 'begin') holders.add(`${event.holder} ${event.id}`);
    if (event.kind === 'end') holders.delete(`${event.holder} ${event.id}`);
    if (event.kind !== 'kill') continue;
    for (const holder of holders) {
      if (holder.startsWith(`${event.holder} `)) cutOff += Number(holders.delete(holder));
    }
  }
  const parts = [
    `${ingested.filter(({ kind }) => kind === 'acknowledged').length} changes acknowledged`,
    `${count(({ kind }) => kind === 'begin')} hand-overs`,
    `${count((event) => event.kind === 'end' && event.ok)} finished`,
    `${cutOff} cut off by a kill`,
    `${kills} kills`,
    `${sum('backups')} backups`,
    `${sum('reads')} reads`,
    `${sum('marks')} marks`,
  ];
  process.stderr.write(`${parts.join(', ')}\n`);
}
