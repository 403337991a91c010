import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { breakLock, FileSystemLock, inspectLocks } from '../src/index.ts';
import { Remote } from './support/process-remote.ts';

/** What can happen to a lock directory while one of its locks is held. */
const LOSSES: readonly [string, (locks: string) => Promise<void>][] = [
  ['removed', (locks) => rm(locks, { recursive: true })],
  ['moved away', (locks) => rename(locks, `${locks}.old`)],
  [
    'replaced by a file',
    async (locks) => {
      await rename(locks, `${locks}.old`);
      await writeFile(locks, '');
    },
  ],
];

test.for(LOSSES)(
  'a holder whose lock directory is %s learns of it, and lives on',
  async ([, lose]) => {
    await using directory = await tempDirectory();
    const path = join(directory.path, 'x');
    const locks = join(directory.path, '.locks');
    await using holder = await Remote.start();
    const handle = await holder.call('acquire', path);
    expect(await holder.call('isAborted', handle)).toBe(false);
    await lose(locks);
    expect(await holder.call('untilAborted', handle)).toBe('LOCK_LOST');
    await expect(holder.call('assertHeld', handle)).rejects.toMatchObject({ code: 'LOCK_LOST' });
  },
);

test.for(LOSSES.slice(0, 2))(
  'after the lock directory was %s, the same process and others can lock again',
  async ([, lose]) => {
    await using directory = await tempDirectory();
    const path = join(directory.path, 'x');
    const locks = join(directory.path, '.locks');
    await using holder = await Remote.start();
    await using other = await Remote.start();
    const lost = await holder.call('acquire', path);
    await lose(locks);
    await holder.call('release', lost);

    const again = await holder.call('acquire', path);
    expect(await other.call('tryAcquire', path)).toBeNull();
    // to give back what was lost touches nothing
    await holder.call('release', lost);
    await holder.call('assertHeld', again);
    expect(await inspectLocks(locks)).toMatchObject([{ pid: holder.pid, liveness: 'alive' }]);
    await holder.call('release', again);
    expect(await other.call('tryAcquire', path)).not.toBeNull();
  },
);

test('a holder whose lock was broken by force leaves the next owner alone', async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, 'x');
  await using holder = await Remote.start();
  await using next = await Remote.start();
  const broken = await holder.call('acquire', path, { operation: 'import' });
  const isAborted = holder.call('untilAborted', broken);
  await expect(breakLock(path)).rejects.toMatchObject({ code: 'LOCK_ALIVE' });
  await holder.call('assertHeld', broken);

  expect(await breakLock(path, { force: true })).toMatchObject([
    { pid: holder.pid, operation: 'import' },
  ]);
  expect(await isAborted).toBe('LOCK_LOST');
  await expect(holder.call('assertHeld', broken)).rejects.toMatchObject({ code: 'LOCK_LOST' });
  const handle = await next.call('acquire', path);
  await holder.call('release', broken);
  await holder.call('release', broken);
  await next.call('assertHeld', handle);
  expect(await FileSystemLock.tryAcquire(path)).toBeUndefined();
});

test('a waiter whose place was taken away by force is told to ask again', async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, 'x');
  await using waiter = await Remote.start();
  await using lock = await FileSystemLock.acquire(path);
  // looked at from the beginning: it may be told before the directory is gone as a whole
  const told = expect(waiter.call('acquire', path)).rejects.toMatchObject({ code: 'LOCK_LOST' });
  const locks = join(directory.path, '.locks');
  while ((await inspectLocks(locks)).length < 2);
  await rm(locks, { recursive: true });
  await told;
  expect(() => lock.assertHeld()).toThrow('not held any more');
  expect(await waiter.call('tryAcquire', path)).not.toBeNull();
});
