import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { announceSeed, createRandom, startTypeScript, tempDirectory } from '@tgstore/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { inspectLocks } from '../src/index.ts';
import type { Counts } from './support/process-counter.ts';

const PROCESSES = 8;
const SHARE = 500;
/** Busy machines take long; only a count that stands still fails. */
const TIMEOUT_MS = 300_000;
const NAMES = Array.from({ length: PROCESSES }, (_, index) => `p${index}`);
const EXPECTED: Counts = {
  sum: PROCESSES * SHARE,
  of: Object.fromEntries(NAMES.map((name) => [name, SHARE])),
};

test('8 processes that count to 500 each count to 4000, three times over', {
  timeout: TIMEOUT_MS,
}, async () => {
  for (let round = 1; round <= 3; round += 1) {
    await using directory = await tempDirectory();
    const file = await newCounter(directory.path);
    const children = await Promise.all(NAMES.map((name) => startCounter(file, name)));
    const start = performance.now();
    for (const child of children) child.send('go');
    await Promise.all(children.map(toItsEnd));
    const seconds = (performance.now() - start) / 1000;
    process.stderr.write(`round ${round}: ${Math.round(EXPECTED.sum / seconds)} counts/s\n`);
    expect(await readCounter(file)).toEqual(EXPECTED);
    expect(await inspectLocks(join(directory.path, '.locks'))).toEqual([]);
  }
});

test('they count to 4000 while two at a time are killed and replaced', {
  timeout: TIMEOUT_MS,
}, async () => {
  const random = createRandom(announceSeed());
  await using directory = await tempDirectory();
  const file = await newCounter(directory.path);
  const counting = new Map<string, ChildProcess>();
  let kills = 0;

  const start = async (name: string): Promise<void> => {
    const child = await startCounter(file, name);
    counting.set(name, child);
    child.send('go');
  };
  await Promise.all(NAMES.map(start));
  const ends: Promise<void>[] = [];
  const replaceWhenKilled = async (name: string): Promise<void> => {
    for (;;) {
      const child = counting.get(name) as ChildProcess;
      if (await wasKilled(child)) await start(name);
      else break;
    }
    counting.delete(name);
  };
  for (const name of NAMES) ends.push(replaceWhenKilled(name));
  // by what was counted, not by time: on a busy machine there would be nothing but kills
  for (let next = 0; counting.size > 0; await sleep(10)) {
    if ((await readCounter(file)).sum < next) continue;
    next += random.int(100, 300);
    const living = [...counting.values()].filter(isLiving);
    for (let victims = 2; victims > 0 && living.length > 0; victims -= 1) {
      const [victim] = living.splice(random.int(0, living.length - 1), 1);
      kills += victim?.kill('SIGKILL') ? 1 : 0;
    }
  }
  await Promise.all(ends);

  expect(await readCounter(file)).toEqual(EXPECTED);
  const left = (await readdir(directory.path)).filter((name) =>
    name.startsWith(`${basename(file)}.`),
  );
  process.stderr.write(`${kills} kills, ${left.length} of them between write and rename\n`);
  expect(kills).toBeGreaterThan(PROCESSES);
});

async function newCounter(directory: string): Promise<string> {
  const file = join(directory, 'counter.json');
  await writeFile(file, JSON.stringify({ sum: 0, of: {} } satisfies Counts));
  return file;
}

async function readCounter(file: string): Promise<Counts> {
  return JSON.parse(await readFile(file, 'utf8')) as Counts;
}

/** Starts a process that waits for a word to count. */
async function startCounter(file: string, name: string): Promise<ChildProcess> {
  const child = startTypeScript(new URL('support/process-counter.ts', import.meta.url), {
    args: [file, name, String(SHARE)],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'message');
  return child;
}

function isLiving({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

async function toItsEnd(child: ChildProcess): Promise<void> {
  expect(await wasKilled(child)).toBe(false);
}

/** Whether it was killed, once it has ended; the only other end is a good one. */
async function wasKilled(child: ChildProcess): Promise<boolean> {
  if (isLiving(child)) await once(child, 'exit');
  if (child.signalCode === 'SIGKILL') return true;
  expect(child.exitCode).toBe(0);
  return false;
}
