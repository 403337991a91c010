import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom, startTypeScript } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { FileManager } from '../src/index.ts';
import { conversation } from './support/conversations.ts';
import { apply, type State, stepOf } from './support/crash-model.ts';
import { conversationFiles, errorsOf, leftOvers, tempStore } from './support/store.ts';

const KILLS = 40;
const LANES = 4;

type States = Map<string, State>;

test(`after each of ${KILLS} kills the store is valid and has all that was reported`, async () => {
  const seed = Number(process.env.TGSTORE_SEED ?? Date.now() % 1_000_000_007);
  process.stderr.write(`seed ${seed}; again with TGSTORE_SEED=${seed}\n`);
  const random = createRandom(seed);
  const pauses = Array.from({ length: KILLS }, () => random.next() * 200);
  const lanes = Array.from({ length: LANES }, (_, index) =>
    killRepeatedly(
      pauses.filter((_pause, kill) => kill % LANES === index),
      index * 7,
    ),
  );
  const counts = await Promise.all(lanes);
  const left = counts.reduce((sum, count) => sum + count.left, 0);
  const steps = counts.reduce((sum, count) => sum + count.steps, 0);
  process.stderr.write(`${steps} steps; ${left} of ${KILLS} kills left a temporary file\n`);
  // otherwise no kill fell into a write, and nothing was tested
  expect(left).toBeGreaterThan(0);
});

/** One store, changed by one process after the other, each of which is killed. */
async function killRepeatedly(
  pauses: number[],
  firstRound: number,
): Promise<{ left: number; steps: number }> {
  await using store = await tempStore();
  let known: States = new Map();
  let round = firstRound;
  let left = 0;
  for (const pause of pauses) {
    const { begun, done } = await killAfter(pause, store.path, round);
    for (; round <= done; round += 1)
      set(known, round, apply(known.get(stepOf(round).id), stepOf(round)));
    const where = `begun ${begun}: ${stepOf(begun).kind}, done ${done}: ${stepOf(done).kind}`;
    left += (await leftOvers(store.path)).length > 0 ? 1 : 0;
    expect(await errorsOf(store.path), where).toEqual([]);
    const found = await readStates(store.path);
    expectAllowed(found, known, { inFlight: begun > done ? begun : undefined, where });
    known = found;
    round = begun + 1;
  }
  await store.files.saveConversation(conversation('last'));
  return { left, steps: round - firstRound };
}

/** Lets a process change the store for a while; the last rounds that it began and finished. */
async function killAfter(
  pauseMs: number,
  path: string,
  firstRound: number,
): Promise<{ begun: number; done: number }> {
  const child = startTypeScript(new URL('support/change-forever.ts', import.meta.url), {
    args: [path, String(firstRound)],
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

async function readStates(path: string): Promise<States> {
  if ((await conversationFiles(path)).length === 0) return new Map();
  const files = new FileManager({ storageDir: path });
  const states: States = new Map();
  for (const { id, status } of await files.listFiles()) {
    const { messages } = await files.loadConversation(id);
    const texts = [...messages].map(([key, { text }]) => [key, text ?? '']);
    states.set(id, { status, texts: Object.fromEntries(texts) });
  }
  return states;
}

function set(states: States, round: number, state: State | undefined): void {
  if (state) states.set(stepOf(round).id, state);
  else states.delete(stepOf(round).id);
}
