import { join } from 'node:path';
import { announceSeed, createRandom, tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { FileSystemLock, inspectLocks } from '../src/index.ts';
import { Remote } from './support/process-remote.ts';

const PROCESSES = 4;
const WAITS_PER_PROCESS = 2;
const ROUNDS = 10;
/** What is promised. */
const LIMIT_MS = 100;

test('waits that are aborted in any order end with their reason within 100 ms, and leave no trace', async () => {
  const random = createRandom(announceSeed());
  await using directory = await tempDirectory();
  const path = join(directory.path, 'x');
  const locks = join(directory.path, '.locks');
  const remotes = await Remote.startMany(PROCESSES);
  const latencies: number[] = [];

  for (let round = 0; round < ROUNDS; round += 1) {
    const lock = await FileSystemLock.acquire(path, { operation: 'hold' });
    const wait = async (remote: Remote) => {
      const shared = random.chance(0.5);
      return { remote, id: await remote.call('beginToWait', path, { shared, timeoutMs: 60_000 }) };
    };
    const waits = await Promise.all(
      remotes.flatMap((remote) => Array.from({ length: WAITS_PER_PROCESS }, () => wait(remote))),
    );
    // else some are still about to ask
    if (random.chance(0.7)) await untilAllWait(locks);
    // one after the other, or several at once
    const ends: Promise<void>[] = [];
    while (waits.length > 0) {
      const [chosen] = waits.splice(random.int(0, waits.length - 1), 1);
      if (!chosen) break;
      const end = chosen.remote.call('abort', chosen.id).then((aborted) => {
        expect(aborted.rejectedWith).toBe('its reason');
        latencies.push(aborted.afterMs);
      });
      ends.push(end);
      if (random.chance(0.5)) await end;
    }
    await Promise.all(ends);
    const left = await inspectLocks(locks);
    expect(left).toMatchObject([{ operation: 'hold', pid: process.pid, state: 'held' }]);
    lock.assertHeld();
    await lock.release();
    expect(await inspectLocks(locks)).toEqual([]);
  }
  const [median, max] = [latencies.sort((a, b) => a - b)[latencies.length >> 1], latencies.at(-1)];
  process.stderr.write(
    `${latencies.length} waits ended after ${median?.toFixed(1)} ms (median), ${max?.toFixed(1)} ms (max)\n`,
  );
  expect(latencies).toHaveLength(ROUNDS * PROCESSES * WAITS_PER_PROCESS);
  expect(max).toBeLessThan(LIMIT_MS);
  await Promise.all(remotes.map((remote) => remote.end()));
});

/** Resolves once each process has a place in the queue. */
async function untilAllWait(locks: string): Promise<void> {
  const pids = async () => new Set((await inspectLocks(locks)).map(({ pid }) => pid));
  while ((await pids()).size <= PROCESSES);
}

test('a signal that was aborted before takes no place in the queue', async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, 'x');
  const reason = new Error('too late');
  const wait = FileSystemLock.acquire(path, { signal: AbortSignal.abort(reason) });
  await expect(wait).rejects.toBe(reason);
  expect(await inspectLocks(join(directory.path, '.locks'))).toEqual([]);
});
