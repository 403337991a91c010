import { join } from 'node:path';
import { tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { inspectLocks } from '../src/index.ts';
import { findOverlaps, type Hold } from './support/process-holds.ts';
import { Remote } from './support/process-remote.ts';
import type { Span } from './support/process-worker.ts';

const WAITERS = 8;
const VICTIMS = Number(process.env.TGSTORE_VICTIMS ?? 10);
const LOCKS_PER_VICTIM = 20;

test(`one of ${WAITERS} waiting processes at a time takes the lock of a killed one, in ${VICTIMS * LOCKS_PER_VICTIM} rounds`, async () => {
  await using directory = await tempDirectory();
  const locks = join(directory.path, '.locks');
  const waiters = await Remote.startMany(WAITERS);
  const latencies: number[] = [];
  let next = Remote.start();
  for (let victim = 0; victim < VICTIMS; victim += 1) {
    await using holder = await next;
    if (victim + 1 < VICTIMS) next = Remote.start();
    // one kill begins a race for each of its locks
    const paths = Array.from({ length: LOCKS_PER_VICTIM }, (_, index) =>
      join(directory.path, `x${victim}.${index}`),
    );
    for (const path of paths) await holder.call('acquire', path);
    const races = paths.map((path) => waiters.map((waiter) => waiter.call('hold', path, {}, 2)));
    await untilWaiting(locks, WAITERS * LOCKS_PER_VICTIM);

    const killed = process.hrtime.bigint();
    await holder.kill();
    for (const race of races) {
      const holds = (await Promise.all(race)).map(toHold);
      expect(holds).toHaveLength(WAITERS);
      expect(findOverlaps(holds)).toEqual([]);
      const first = holds.reduce((one, other) => (one.start < other.start ? one : other));
      expect(first.start).toBeGreaterThan(killed);
      latencies.push(Number(first.start - killed) / 1e6);
    }
  }
  latencies.sort((a, b) => a - b);
  const [median, max] = [latencies[latencies.length >> 1], latencies.at(-1)];
  process.stderr.write(
    `takeover after SIGKILL: median ${median?.toFixed(1)} ms, max ${max?.toFixed(1)} ms\n`,
  );
  expect(await inspectLocks(locks)).toEqual([]);
  await Promise.all(waiters.map((waiter) => waiter.end()));
}, 120_000);

/** Resolves once so many wait. */
async function untilWaiting(locks: string, count: number): Promise<void> {
  for (;;) {
    const infos = await inspectLocks(locks);
    if (infos.filter(({ state }) => state === 'waiting').length === count) return;
  }
}

function toHold({ start, end }: Span, index: number): Hold {
  const by = `waiter ${index}`;
  return { shared: false, start: BigInt(start), end: BigInt(end), by, killed: false };
}
