import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { FileSystemLock, isProvedDead, LockError } from '../src/index.ts';
import { Remote } from './support/process-remote.ts';

test('a stopped holder keeps its lock, and those who time out learn who it is', async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, 'x');
  await using holder = await Remote.start();
  const handle = await holder.call('acquire', path, { operation: 'import' });
  const token = await holder.call('describeSelf', { directory: join(directory.path, '.locks') });

  holder.signal('SIGSTOP');
  const wait = FileSystemLock.acquire(path, { timeoutMs: 1000 });
  const error: unknown = await wait.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(LockError);
  expect(error).toMatchObject({
    code: 'LOCK_TIMEOUT',
    holders: [{ pid: holder.pid, operation: 'import', liveness: 'alive', state: 'held' }],
  });
  expect(await isProvedDead(token)).toBe(false);
  expect(await isProvedDead(token, { directory: join(directory.path, '.locks') })).toBe(false);
  expect(await FileSystemLock.tryAcquire(path, { shared: true })).toBeUndefined();

  holder.signal('SIGCONT');
  await holder.call('assertHeld', handle);
  await holder.call('release', handle);
  await using lock = await FileSystemLock.acquire(path);
  lock.assertHeld();
});

test('a holder whose event loop is blocked keeps its lock', async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, 'x');
  await using holder = await Remote.start();
  const handle = await holder.call('acquire', path);
  const blocked = holder.call('block', 2000);
  const wait = FileSystemLock.acquire(path, { timeoutMs: 1500 });
  await expect(wait).rejects.toMatchObject({
    code: 'LOCK_TIMEOUT',
    holders: [{ pid: holder.pid }],
  });
  await blocked;
  await holder.call('assertHeld', handle);
});

test('a stopped process that waits is passed by nobody, and holds up nobody who came before', async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, 'x');
  await using waiter = await Remote.start();
  await using later = await Remote.start();
  const lock = await FileSystemLock.acquire(path);
  const stopped = waiter.call('hold', path, { timeoutMs: 60_000 }, 0);
  await untilWaiting(waiter, directory.path, 1);
  waiter.signal('SIGSTOP');
  const last = later.call('hold', path, { timeoutMs: 60_000 }, 0);
  await untilWaiting(later, directory.path, 2);
  lock.assertHeld();
  await lock.release();
  // the place of the stopped one is kept
  expect(await later.call('tryAcquire', path)).toBeNull();
  waiter.signal('SIGCONT');
  const [first, second] = [await stopped, await last];
  expect(BigInt(second.start)).toBeGreaterThan(BigInt(first.end));
});

async function untilWaiting(remote: Remote, directory: string, count: number): Promise<void> {
  const isThere = async (): Promise<boolean> => {
    // asked of a process that is not stopped
    const infos = await remote.call('inspect', join(directory, '.locks'));
    return infos.filter(({ state }) => state === 'waiting').length >= count;
  };
  while (!(await isThere())) await sleep(5);
}
