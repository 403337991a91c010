import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom, startTypeScript } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { type EnhancedFileManager, FileManager } from '../src/index.ts';
import { conversation } from './support/conversations.ts';
import { apply, type State, stepOf } from './support/crash-model.ts';
import { conversationFiles, errorsOf, leftOvers, tempStore } from './support/store.ts';

const KILLS = 40;
const LANES = 4;

type Manager = 'plain' | 'enhanced';
type Found = State & { readonly revision: number };
type States = Map<string, State>;

test.each([
  ['FileManager', 'plain', 200],
  ['EnhancedFileManager', 'enhanced', 600],
] as const)(
  `%s: after each of ${KILLS} kills the store is valid and has all that was reported`,
  async (name, manager, maxPauseMs) => {
    const seed = Number(process.env.TGSTORE_SEED ?? Date.now() % 1_000_000_007);
    process.stderr.write(`${name}: seed ${seed}; again with TGSTORE_SEED=${seed}\n`);
    const random = createRandom(seed);
    const pauses = Array.from({ length: KILLS }, () => random.next() * maxPauseMs);
    const lanes = Array.from({ length: LANES }, (_, index) =>
      killRepeatedly(manager, {
        pauses: pauses.filter((_pause, kill) => kill % LANES === index),
        firstRound: index * 13,
      }),
    );
    const counts = await Promise.all(lanes);
    const left = counts.reduce((sum, count) => sum + count.left, 0);
    const steps = counts.reduce((sum, count) => sum + count.steps, 0);
    process.stderr.write(`${steps} steps; ${left} of ${KILLS} kills left a temporary file\n`);
    // otherwise no kill fell into a write, and nothing was tested
    expect(left).toBeGreaterThan(0);
  },
);

/** One store, changed by one process after the other, each of which is killed. */
async function killRepeatedly(
  manager: Manager,
  { pauses, firstRound }: { pauses: number[]; firstRound: number },
): Promise<{ left: number; steps: number }> {
  await using store = await tempStore();
  let known: States = new Map();
  let atLastKill = new Map<string, Found>();
  let round = firstRound;
  let left = 0;
  for (const pause of pauses) {
    const { begun, done } = await killAfter(pause, {
      path: store.path,
      firstRound: round,
      manager,
    });
    for (let next = round; next <= begun; next += 1) {
      // what is made again begins with another first revision
      if (stepOf(next).kind === 'delete') atLastKill.delete(stepOf(next).id);
    }
    for (; round <= done; round += 1)
      set(known, round, apply(known.get(stepOf(round).id), stepOf(round)));
    const where = `begun ${begun}: ${stepOf(begun).kind}, done ${done}: ${stepOf(done).kind}`;
    left += (await leftOvers(store.path)).length > 0 ? 1 : 0;
    expect(await errorsOf(store.path), where).toEqual([]);
    const found = await readStates(store.path);
    const states = new Map([...found].map(([id, { status, texts }]) => [id, { status, texts }]));
    expectAllowed(states, known, { inFlight: begun > done ? begun : undefined, where });
    known = states;
    if (manager === 'enhanced') await expectLogged(store.enhanced, atLastKill, found, where);
    atLastKill = found;
    round = begun + 1;
  }
  if (manager === 'plain') await store.files.saveConversation(conversation('last'));
  else {
    // whoever comes next can go on with all of it
    const results = await store.enhanced.processAllUnprocessed(async ({ load }) => await load());
    expect([...results.values()].filter(({ status }) => status !== 'processed')).toEqual([]);
    await store.enhanced.saveConversation(conversation('last'));
  }
  return { left, steps: round - firstRound };
}

/** The log tells of every message that is another one than before; or it says that everything is. */
async function expectLogged(
  files: EnhancedFileManager,
  before: ReadonlyMap<string, Found>,
  now: ReadonlyMap<string, Found>,
  where: string,
): Promise<void> {
  for (const [id, old] of before) {
    const young = now.get(id);
    if (!young) continue;
    const changes = await files.changes(id, { sinceRevision: old.revision });
    const keys = Object.keys({ ...old.texts, ...young.texts });
    const differ = keys.filter((key) => old.texts[key] !== young.texts[key]);
    const untold = differ.filter((key) => !changes.includes(key) && !changes.deleted.includes(key));
    expect(untold, `${id}, ${where}`).toEqual([]);
  }
}

/** Lets a process change the store for a while; the last rounds that it began and finished. */
async function killAfter(
  pauseMs: number,
  { path, firstRound, manager }: { path: string; firstRound: number; manager: Manager },
): Promise<{ begun: number; done: number }> {
  const child = startTypeScript(new URL('support/change-forever.ts', import.meta.url), {
    args: [path, String(firstRound), manager],
  });
  const closed = once(child, 'close');
  let output = '';
  child.stdout?.on('data', (data) => {
    output += data;
  });
  await Promise.race([once(child.stdout ?? child, 'data'), closed]);
  await sleep(pauseMs);
  child.kill('SIGKILL');
  const [, signal] = await closed;
  expect(signal, output).toBe('SIGKILL');
  const last = (word: string) =>
    Number(
      [...output.matchAll(new RegExp(`^${word} (\\d+)$`, 'gm'))].at(-1)?.[1] ?? firstRound - 1,
    );
  return { begun: last('begin'), done: last('done') };
}

function expectAllowed(
  found: States,
  known: States,
  { inFlight, where }: { inFlight: number | undefined; where: string },
): void {
  const step = inFlight === undefined ? undefined : stepOf(inFlight);
  for (const id of new Set([...found.keys(), ...known.keys()])) {
    const before = known.get(id);
    const allowed = [before];
    if (step && step.id === id) {
      allowed.push(apply(before, step));
      // content changes only under the unprocessed name
      if (before) allowed.push({ ...before, status: 'unprocessed' });
    }
    expect(allowed, `${id}, ${where}`).toContainEqual(found.get(id));
  }
}

async function readStates(path: string): Promise<Map<string, Found>> {
  if ((await conversationFiles(path)).length === 0) return new Map();
  const files = new FileManager({ storageDir: path });
  const states = new Map<string, Found>();
  for (const { id, status } of await files.listFiles()) {
    const { messages, metadata } = await files.loadConversation(id);
    const texts = [...messages].map(([key, { text }]) => [key, text ?? '']);
    const revision = metadata.revision ?? 0;
    states.set(id, { status, texts: Object.fromEntries(texts), revision });
  }
  return states;
}

function set(states: States, round: number, state: State | undefined): void {
  if (state) states.set(stepOf(round).id, state);
  else states.delete(stepOf(round).id);
}
