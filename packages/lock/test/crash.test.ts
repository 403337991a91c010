import { once } from 'node:events';
import { startTypeScript } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { inspectLocks } from '../src/index.ts';
import { type LockPlace, lockPlace } from './support/lock-place.ts';
import { leftOvers, prepare, type Scene, takeAndGiveBack } from './support/scenarios.ts';

// A process kills itself at each call that reaches the disk, while it takes a lock and gives it back, twice.

const PROGRAM = new URL('support/crash-at.ts', import.meta.url);
const LANES = 2;

type Moment = 'before' | 'half-way' | 'after';

/** Runs the process until it has killed itself; the calls that it made, the last one unfinished. */
async function crash(
  { locks, file }: LockPlace,
  at: number,
  when: Moment,
): Promise<{ calls: string[]; wasKilled: boolean }> {
  const child = startTypeScript(PROGRAM, { args: [locks, file, String(at), when] });
  let output = '';
  child.stdout?.on('data', (data) => {
    output += data;
  });
  const [status, signal] = await once(child, 'close');
  const wasKilled = signal === 'SIGKILL';
  expect(wasKilled || status === 0, output).toBe(true);
  return { calls: output.trim().split('\n'), wasKilled };
}

test.each(['nothing', 'what the dead left'] as const)(
  'a process that meets %s may be killed at any call: the next one has the lock at once, and little is left',
  async (scene) => {
    await using quiet = await lockPlace();
    await prepare(quiet, scene);
    const { calls } = await crash(quiet, 0, 'before');
    expect(calls.length).toBeGreaterThan(10);
    const kills = calls.flatMap((call, index): [number, Moment][] => {
      const at = index + 1;
      // what only looks leaves the disk as it was
      if (/^(list|read|exists|sync) /.test(call)) return [];
      return [
        [at, 'before'],
        ...(call.startsWith('create ') ? [[at, 'half-way'] as [number, Moment]] : []),
      ];
    });
    kills.push([calls.length, 'after']);
    const lane = async (number: number): Promise<void> => {
      for (const [index, [at, when]] of kills.entries()) {
        if (index % LANES === number) await crashAndGoOn(scene, at, when);
      }
    };
    await Promise.all(Array.from({ length: LANES }, (_, number) => lane(number)));
  },
);

async function crashAndGoOn(scene: Scene, at: number, when: Moment): Promise<void> {
  await using place = await lockPlace();
  await prepare(place, scene);
  const { calls, wasKilled } = await crash(place, at, when);
  const where = `${when} call ${at} of ${calls.join(', ')}`;
  expect(wasKilled, where).toBe(true);
  for (const info of await inspectLocks(place.locks)) expect(info.liveness, where).toBe('dead');
  // whoever asks next does not wait: it was proved at once
  await takeAndGiveBack(place.locks, place.file, { timeoutMs: 0 });
  const left = await leftOvers(place.locks);
  // half a ticket may be one that somebody is writing: it stays until the machine is started anew
  const isHalf = when === 'half-way' && calls.at(-1)?.includes('/ticket.') === true;
  expect(left, where).toEqual(isHalf ? [expect.stringContaining('/ticket.')] : []);
}

test('what a process left that was killed while it made a queue is removed by a later one', async () => {
  await using place = await lockPlace();
  const { calls } = await crash(place, 5, 'before');
  expect(calls.at(-1)).toMatch(/^sync /);
  expect((await leftOvers(place.locks)).filter(isUnfinished)).not.toEqual([]);
  await takeAndGiveBack(place.locks, place.file, { timeoutMs: 0 });
  expect(await leftOvers(place.locks)).toEqual([]);
});

test('kills one after the other in one directory leave no more than one does', async () => {
  await using place = await lockPlace();
  // when the first ticket was written, drawn and given back, and so on
  for (const at of [10, 11, 12, 13]) await crash(place, at, 'before');
  await takeAndGiveBack(place.locks, place.file, { timeoutMs: 0 });
  const left = await leftOvers(place.locks);
  expect(left).toEqual([]);
});

/** A queue that was not made to its end. */
function isUnfinished(name: string): boolean {
  return /^v1-0.\.process\..*\.new/.test(name);
}
