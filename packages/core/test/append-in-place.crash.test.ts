import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom, startTypeScript } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import type { FileManager } from '../src/index.ts';
import { collect } from './support/collect.ts';
import { large, openInPlace } from './support/in-place.ts';
import { errorsOf, tempStore } from './support/store.ts';

const KILLS = 12;
const LANES = 3;
const COUNT = 270;

test(`after each of ${KILLS} kills of a process that appends in place every append that returned is there`, async () => {
  const seed = Number(process.env.TGSTORE_SEED ?? Date.now() % 1_000_000_007);
  process.stderr.write(`append in place: seed ${seed}; again with TGSTORE_SEED=${seed}\n`);
  const random = createRandom(seed);
  // at any time; or between two calls, while there is an undo record
  const kills = Array.from({ length: KILLS }, (_, index) => ({
    appends: 1 + Math.floor(random.next() * 6),
    pauseMs: random.next() * 12,
    call: index % 2 === 0 ? 1 + Math.floor(random.next() * 40) : undefined,
  }));
  const lanes = Array.from({ length: LANES }, (_, lane) =>
    killRepeatedly(kills.filter((_kill, index) => index % LANES === lane)),
  );
  const left = (await Promise.all(lanes)).reduce((sum, count) => sum + count, 0);
  process.stderr.write(`${left} of ${KILLS} kills left an undo record\n`);
  // otherwise no kill fell into an append, and nothing was tested
  expect(left).toBeGreaterThan(0);
});

interface Kill {
  /** How many have begun before the pause. */
  readonly appends: number;
  readonly pauseMs: number;
  /** The call, of those that are made while there is an undo record, before which the process kills itself. */
  readonly call: number | undefined;
}

/** One store, appended to by one process after the other; how many left an undo record. */
async function killRepeatedly(kills: readonly Kill[]): Promise<number> {
  await using dir = await tempStore();
  await dir.files.saveConversation(large(COUNT));
  let last = COUNT;
  let left = 0;
  for (const kill of kills) {
    const { begun, done } = await killAfter(kill, dir.path, last + 1);
    const where = `begun ${begun}, done ${done}`;
    const hasRecord = (await readdir(dir.path)).includes('.1.undo');
    left += Number(hasRecord);
    const found = (await errorsOf(dir.path)).map(({ code }) => code);
    // a record that was not whole yet was never in force
    expect(found, where).toEqual(hasRecord ? ['CHECK_INTERRUPTED_APPEND'] : []);
    const seen = await lastOf(dir.files);
    expect(seen, where).toBeGreaterThanOrEqual(done);
    expect(seen, where).toBeLessThanOrEqual(begun);
    if (hasRecord) expect(seen, where).toBe(begun - 1);
    // any change mends
    const store = openInPlace(dir.path, { durability: 'full' });
    await store.deleteMessages('1', []);
    expect(await errorsOf(dir.path), where).toEqual([]);
    expect(await lastOf(dir.files), where).toBe(seen);
    const { added, everything } = await store.changes('1', { sinceRevision: 1 });
    expect(everything, where).toBe(false);
    expect(Number(added.at(-1)?.last ?? COUNT), where).toBe(seen);
    last = seen;
  }
  return left;
}

/** The last message; those before it stand one after the other. */
async function lastOf(files: FileManager): Promise<number> {
  const ids = (await collect(files.readMessages('1'))).map(({ id }) => id);
  expect(ids).toEqual(Array.from(ids, (_, index) => index + 1));
  expect((await files.readMetadata('1')).message_count).toBe(ids.length);
  return ids.length;
}

/** Kills a process that appends; the last append that it began, and the last that returned. */
async function killAfter(
  { appends, pauseMs, call }: Kill,
  path: string,
  first: number,
): Promise<{ begun: number; done: number }> {
  const child = startTypeScript(new URL('support/append-in-place.ts', import.meta.url), {
    args: [path, '1', String(first), 'Infinity', String(call)],
  });
  const closed = once(child, 'close');
  let output = '';
  const last = (word: string) =>
    Number([...output.matchAll(new RegExp(`^${word} (\\d+)$`, 'gm'))].at(-1)?.[1] ?? first - 1);
  const begun = new Promise<void>((resolve) => {
    child.stdout?.on('data', (data) => {
      output += data;
      if (last('begin') >= first + appends - 1) resolve();
    });
  });
  if (call === undefined) {
    await Promise.race([begun, closed]);
    await sleep(pauseMs);
    child.kill('SIGKILL');
  }
  const [, signal] = await closed;
  expect(signal, output).toBe('SIGKILL');
  return { begun: last('begin'), done: last('done') };
}
