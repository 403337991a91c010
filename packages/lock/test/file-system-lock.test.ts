import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { runTypeScript, systemError } from '@tgstore/testkit';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { takeTurn } from '../src/acquire.ts';
import { type LockFileSystem, nodeFileSystem } from '../src/file-system.ts';
import { nest } from '../src/holding.ts';
import { breakLock, FileSystemLock, inspectLocks } from '../src/index.ts';
import { LockDirectory } from '../src/lock-directory.ts';
import { disk } from './support/disk.ts';
import { drawAs } from './support/draw-as.ts';
import { ticketsIn } from './support/files.ts';
import { heldByAnother, type LockPlace, lockPlace } from './support/lock-place.ts';
import { inOwnContext } from './support/own-context.ts';
import { foreignToken, ownToken } from './support/tokens.ts';
import { outcomeOf, settle, until, untilQueued } from './support/until.ts';

const LOST = expect.objectContaining({ name: 'LockError', code: 'LOCK_LOST' });

/** Takes a lock on a disk of the test's own. */
async function acquireOn(place: LockPlace, fileSystem: LockFileSystem): Promise<FileSystemLock> {
  const directory = new LockDirectory(place.locks, { fileSystem });
  const holding = nest('of the test', place.file);
  return new FileSystemLock(place.file, await takeTurn(directory, place.file, {}), holding);
}

/** Asks for locks, each in a context of its own, and notes who has got one, in order. */
function crowd({ file }: LockPlace) {
  const got: string[] = [];
  const locks = new Map<string, FileSystemLock>();
  const ask = (name: string): void => {
    const shared = name.startsWith('r');
    const asked = inOwnContext(() => FileSystemLock.acquire(file, { shared }));
    void asked.then((lock) => {
      got.push(name);
      locks.set(name, lock);
    });
  };
  const release = async (name: string): Promise<void> => await locks.get(name)?.release();
  return { got, ask, release };
}

describe('who is let in', () => {
  test('any number who share it, and then one alone', async () => {
    await using place = await lockPlace();
    const { got, ask, release } = crowd(place);
    for (const name of ['r1', 'r2', 'r3', 'w4', 'r5']) ask(name);
    await until(() => got.length === 3);
    expect(await inspectLocks(place.locks)).toMatchObject([
      { kind: 'shared', state: 'held' },
      { kind: 'shared', state: 'held' },
      { kind: 'shared', state: 'held' },
    ]);
    await release('r1');
    await release('r3');
    await settle();
    expect(got).toHaveLength(3);
    await release('r2');
    await until(() => got.length === 4);
    expect(got.slice(3)).toEqual(['w4']);
    expect(await inspectLocks(place.locks)).toMatchObject([{ kind: 'exclusive', state: 'held' }]);
    await release('w4');
    await until(() => got.length === 5);
    await release('r5');
    expect(await inspectLocks(place.locks)).toEqual([]);
  });

  test('first come, first served, whatever they ask for', async () => {
    await using place = await lockPlace();
    const { got, ask, release } = crowd(place);
    const names = ['w1', 'r2', 'w3', 'w4', 'r5', 'w6', 'r7', 'w8'];
    for (const name of names) ask(name);
    for (const [index, name] of names.entries()) {
      await until(() => got.length > index);
      await settle();
      expect(got).toEqual(names.slice(0, index + 1));
      await release(name);
    }
  });

  test('one who waits alone, though others who share it come all the time', async () => {
    await using place = await lockPlace();
    const { got, ask, release } = crowd(place);
    ask('r1');
    await until(() => got.length === 1);
    ask('w');
    for (let index = 2; index < 102; index += 1) ask(`r${index}`);
    await release('r1');
    await until(() => got.length > 1);
    await settle();
    expect(got).toEqual(['r1', 'w']);
    await release('w');
    await until(() => got.length === 102);
    await Promise.all(got.map(release));
  });

  test('somebody who has it shared can not get it alone, not even by another handle', async () => {
    await using place = await lockPlace();
    await using shared = await heldByAnother(place, { shared: true });
    expect(await FileSystemLock.tryAcquire(place.file)).toBeUndefined();
    const reader = await FileSystemLock.tryAcquire(place.file, { shared: true });
    await reader?.release();
    await shared.release();
    const writer = await FileSystemLock.tryAcquire(place.file);
    writer?.assertHeld();
    await writer?.release();
  });

  test('two handles of different kinds are given back each by itself', async () => {
    await using place = await lockPlace();
    const { got, ask, release } = crowd(place);
    ask('r1');
    ask('r2');
    await until(() => got.length === 2);
    ask('w3');
    await release('r1');
    await release('r1');
    await settle();
    expect(got).toEqual(['r1', 'r2']);
    await release('r2');
    await until(() => got.length === 3);
    await release('w3');
    expect(await ticketsIn(place.locks)).toEqual([]);
  });
});

describe('tryAcquire', () => {
  test('takes a free lock', async () => {
    await using place = await lockPlace();
    await using lock = await FileSystemLock.tryAcquire(place.file, { operation: 'try' });
    lock?.assertHeld();
    expect(await inspectLocks(place.locks)).toMatchObject([{ operation: 'try' }]);
  });

  test('passes on whatever else is wrong', async () => {
    await using place = await lockPlace();
    const directory = join(place.path, 'missing', 'locks');
    await expect(FileSystemLock.tryAcquire(place.file, { directory })).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });
});

describe('a lock', () => {
  test('says what it is of', async () => {
    await using place = await lockPlace();
    const spelling = relative('.', place.file);
    await using lock = await FileSystemLock.acquire(spelling, { shared: true });
    const [info] = await inspectLocks(place.locks);
    expect(lock.path).toBe(place.file);
    expect(lock.shared).toBe(true);
    expect(lock.fencingNumber).toBe(info?.fencingNumber);
  });

  test('has a greater fencing number each time, from process to process', async () => {
    await using place = await lockPlace();
    const numbers: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const lock = await FileSystemLock.acquire(place.file);
      numbers.push(lock.fencingNumber);
      await lock.release();
      const other = await heldByAnother(place);
      numbers.push(other.ticket.number);
      await other.release();
    }
    expect(numbers).toEqual([...new Set(numbers)].sort((one, other) => one - other));
  });

  test.each([-3_600_000, 3_600_000])('is held on while the clock jumps by %d ms', async (jump) => {
    await using place = await lockPlace();
    const lock = await FileSystemLock.acquire(place.file);
    const signal = lock.signal;
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + jump });
    onTestFinished(() => void vi.useRealTimers());
    await expect(heldByAnother(place, { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'LOCK_TIMEOUT',
    });
    lock.assertHeld();
    expect(signal.aborted).toBe(false);
    await lock.release();
    const next = await heldByAnother(place);
    expect(next.ticket.number).toBeGreaterThan(lock.fencingNumber);
    await next.release();
  });
});

describe('the same lock', () => {
  const excludes = async (
    path: string,
    options: Parameters<typeof FileSystemLock.acquire>[1] = {},
  ): Promise<boolean> => {
    const lock = await FileSystemLock.tryAcquire(path, options);
    await lock?.release();
    return lock === undefined;
  };

  test('is meant by every spelling of its path', async () => {
    await using place = await lockPlace();
    await mkdir(join(place.path, 'sub'));
    await using _ = await heldByAnother(place);
    expect(await excludes(place.file)).toBe(true);
    expect(await excludes(relative('.', place.file))).toBe(true);
    expect(await excludes(`${place.path}/sub/../chat.json`)).toBe(true);
    expect(await excludes(`${place.path}//./chat.json/`)).toBe(true);
    expect(await excludes(place.file, { directory: relative('.', place.locks) })).toBe(true);
    expect(await excludes(place.file, { allowNetworkFileSystem: true })).toBe(true);
  });

  test('is meant by a path through a link to its directory', async () => {
    await using place = await lockPlace();
    await symlink('.', join(place.path, 'link'));
    await using _ = await heldByAnother(place);
    expect(await excludes(join(place.path, 'link', 'chat.json'))).toBe(true);
  });

  test('is not meant by other paths, or in other lock directories', async () => {
    await using place = await lockPlace();
    await mkdir(join(place.path, 'sub'));
    await using _ = await heldByAnother(place);
    expect(await excludes(`${place.file}.other`)).toBe(false);
    expect(await excludes(join(place.path, 'sub', 'chat.json'))).toBe(false);
    expect(await excludes(place.path)).toBe(false);
    expect(await excludes(place.file, { directory: join(place.path, 'elsewhere') })).toBe(false);
  });

  test('can be that of something that does not exist, or of the lock directory itself', async () => {
    await using place = await lockPlace();
    const missing = join(place.path, 'not', 'there', 'at all');
    const options = { directory: place.locks };
    for (const path of [missing, place.locks, join(place.locks, 'v1-00')]) {
      const lock = await FileSystemLock.acquire(path, options);
      expect(await inspectLocks(place.locks)).toMatchObject([{ path }]);
      await lock.release();
    }
  });
});

describe('to give it back', () => {
  test('twice, or at the same time, or when it goes out of scope, is to give it back once', async () => {
    await using place = await lockPlace();
    let renames = 0;
    const count: LockFileSystem = disk({
      before: ({ text }) => {
        if (/rename .*ticket/.test(text)) renames += 1;
      },
    });
    {
      await using lock = await acquireOn(place, count);
      await Promise.all([lock.release(), lock.release(), lock[Symbol.asyncDispose]()]);
      await lock.release();
    }
    expect(renames).toBe(1);
    expect(await ticketsIn(place.locks)).toEqual([]);
  });

  test('after it was broken does not touch the new owner', async () => {
    await using place = await lockPlace();
    const victim = await FileSystemLock.acquire(place.file);
    await breakLock(place.file, { force: true });
    const owner = await heldByAnother(place);
    await victim.release();
    await victim.release();
    expect(owner.queue.isInPlace(owner.ticket.id)).toBe(true);
    await expect(heldByAnother(place, { timeoutMs: 0 })).rejects.toMatchObject({
      code: 'LOCK_TIMEOUT',
    });
    await owner.release();
  });

  test('a disk that refuses rejects, and is asked again every second until it does not', async () => {
    await using place = await lockPlace();
    let refusals = 3;
    const fileSystem = disk({
      before: ({ text }) => {
        if (!/rename .*spent/.test(text) || refusals === 0) return;
        refusals -= 1;
        throw systemError('EIO');
      },
    });
    const lock = await acquireOn(place, fileSystem);
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const attempts = [lock.release(), lock.release()];
    for (const attempt of attempts) await expect(attempt).rejects.toMatchObject({ code: 'EIO' });
    await expect(lock.release()).rejects.toMatchObject({ code: 'EIO' });
    expect(() => lock.assertHeld()).toThrow(LOST);
    expect(refusals).toBe(2);
    for (let left = 1; left >= 0; left -= 1) {
      await vi.advanceTimersByTimeAsync(1000);
      expect(refusals).toBe(left);
      // it is not given to anybody meanwhile
      expect(await ticketsIn(place.locks)).toHaveLength(1);
    }
    await vi.advanceTimersByTimeAsync(1000);
    vi.useRealTimers();
    await untilQueued(place.locks, 0);
  });

  test('a disk that refuses holds up the next in this process until it does not', async () => {
    await using place = await lockPlace();
    let isBroken = true;
    const fileSystem = disk({
      before: ({ text }) => {
        if (isBroken && /rename .*spent/.test(text)) throw systemError('EIO');
      },
    });
    const directory = new LockDirectory(place.locks, { fileSystem });
    const held = await takeTurn(directory, place.file, {});
    const lock = new FileSystemLock(place.file, held, nest('of the test', place.file));
    const next = takeTurn(directory, place.file, {});
    const timers = vi.spyOn(globalThis, 'setTimeout');
    await expect(lock.release()).rejects.toMatchObject({ code: 'EIO' });
    // what is tried again keeps no program running
    const retries = timers.mock.results.filter(
      (_, index) => timers.mock.calls[index]?.[1] === 1000,
    );
    expect(retries.map(({ value }) => value.hasRef())).toEqual([false]);
    timers.mockRestore();
    const outcome = outcomeOf(next);
    await untilQueued(place.locks, 2);
    expect(outcome()).toBeUndefined();
    isBroken = false;
    const { queue, ticket } = await next;
    await queue.spend(ticket.id);
    expect(await ticketsIn(place.locks)).toEqual([]);
  });
});

describe('assertHeld', () => {
  test('says nothing as long as the lock is held, and throws from then on', async () => {
    await using place = await lockPlace();
    const lock = await FileSystemLock.acquire(place.file);
    lock.assertHeld();
    const releasing = lock.release();
    expect(() => lock.assertHeld()).toThrow(LOST);
    await releasing;
    expect(() => lock.assertHeld()).toThrow(LOST);
  });

  test('throws when the lock was broken, though somebody else has it now', async () => {
    await using place = await lockPlace();
    const lock = await FileSystemLock.acquire(place.file);
    await breakLock(place.file, { force: true });
    expect(() => lock.assertHeld()).toThrow(
      expect.objectContaining({
        code: 'LOCK_LOST',
        path: place.file,
        message: expect.stringContaining('read it anew'),
      }),
    );
    await using _ = await heldByAnother(place);
    expect(() => lock.assertHeld()).toThrow(LOST);
    await lock.release();
  });

  test('throws the error of a disk that can not be looked at', async () => {
    await using place = await lockPlace();
    let isBroken = false;
    const fileSystem = disk({
      before: ({ name }) => {
        if (isBroken && name === 'existsNow') throw systemError('EIO');
      },
    });
    const lock = await acquireOn(place, fileSystem);
    isBroken = true;
    expect(() => lock.assertHeld()).toThrow(expect.objectContaining({ code: 'EIO' }));
    isBroken = false;
    lock.assertHeld();
    await lock.release();
  });
});

describe('the signal', () => {
  /** The real disk, but for its watches. */
  function watchedBy(watch: LockFileSystem['watch']): LockFileSystem {
    return { ...nodeFileSystem(), watch };
  }

  test('is aborted when the lock is broken by force', async () => {
    await using place = await lockPlace();
    const lock = await FileSystemLock.acquire(place.file);
    const { signal } = lock;
    expect(signal.aborted).toBe(false);
    expect(lock.signal).toBe(signal);
    await breakLock(place.file, { force: true });
    await until(() => signal.aborted);
    expect(signal.reason).toEqual(LOST);
    expect(signal.reason.path).toBe(place.file);
    await lock.release();
  });

  test('is aborted when the lock directory is removed, and nothing else happens', async () => {
    await using place = await lockPlace();
    const lock = await FileSystemLock.acquire(place.file);
    const { signal } = lock;
    await rm(place.locks, { recursive: true });
    await until(() => signal.aborted);
    expect(signal.reason).toEqual(LOST);
    expect(() => lock.assertHeld()).toThrow(LOST);
    await lock.release();
    await using next = await FileSystemLock.acquire(place.file);
    next.assertHeld();
  });

  test('is aborted when a file takes the place of the lock directory, and nothing else happens', async () => {
    await using place = await lockPlace();
    const lock = await FileSystemLock.acquire(place.file);
    const { signal } = lock;
    await rm(place.locks, { recursive: true });
    await writeFile(place.locks, '');
    await until(() => signal.aborted);
    expect(signal.reason).toEqual(LOST);
    expect(() => lock.assertHeld()).toThrow(LOST);
    await lock.release();
  });

  test('that is first looked at after the lock was broken is aborted already', async () => {
    await using place = await lockPlace();
    const lock = await FileSystemLock.acquire(place.file);
    await breakLock(place.file, { force: true });
    expect(lock.signal.aborted).toBe(true);
    await lock.release();
  });

  test('is aborted where the system tells of no changes', async () => {
    await using place = await lockPlace();
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const lock = await acquireOn(
      place,
      watchedBy(() => undefined),
    );
    const { signal } = lock;
    vi.advanceTimersByTime(5000);
    expect(signal.aborted).toBe(false);
    await breakLock(place.file, { force: true });
    expect(signal.aborted).toBe(false);
    vi.advanceTimersByTime(1000);
    expect(signal.reason).toEqual(LOST);
    expect(vi.getTimerCount()).toBe(0);
    await lock.release();
  });

  test('is not aborted by giving the lock back, before, during and after', async () => {
    await using place = await lockPlace();
    const lock = await FileSystemLock.acquire(place.file);
    const { signal } = lock;
    const releasing = lock.release();
    expect(lock.signal).toBe(signal);
    await releasing;
    await settle();
    expect(signal.aborted).toBe(false);
    expect(lock.signal.aborted).toBe(false);
  });

  test('that is first read while the lock is given back, or after that, is never aborted', async () => {
    await using place = await lockPlace();
    const early = await FileSystemLock.acquire(place.file);
    const releasing = early.release();
    const { signal } = early;
    await releasing;
    await settle();
    expect(signal.aborted).toBe(false);

    const late = await FileSystemLock.acquire(place.file);
    await late.release();
    expect(late.signal.aborted).toBe(false);
  });

  test('is watched for from the first look until the lock is given back', async () => {
    await using place = await lockPlace();
    const open = new Set<object>();
    const fileSystem = watchedBy(() => {
      const watch = { close: () => void open.delete(watch) };
      open.add(watch);
      return watch;
    });
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const lock = await acquireOn(place, fileSystem);
    expect([open.size, vi.getTimerCount()]).toEqual([0, 0]);
    expect(lock.signal).toBe(lock.signal);
    expect([open.size, vi.getTimerCount()]).toEqual([1, 1]);
    await lock.release();
    expect([open.size, vi.getTimerCount()]).toEqual([0, 0]);
    expect(lock.signal.aborted).toBe(false);
    expect([open.size, vi.getTimerCount()]).toEqual([0, 0]);
  });

  test('is not aborted by a disk that can not be looked at for a while, and nothing is thrown', async () => {
    await using place = await lockPlace();
    let isBroken = false;
    let tell = (): void => {};
    const fileSystem: LockFileSystem = {
      ...watchedBy((_path, onChange) => {
        tell = onChange;
        return { close() {} };
      }),
      existsNow(path) {
        if (isBroken) throw systemError('EIO');
        return nodeFileSystem().existsNow(path);
      },
    };
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const lock = await acquireOn(place, fileSystem);
    const { signal } = lock;
    isBroken = true;
    expect(() => vi.advanceTimersByTime(3000)).not.toThrow();
    expect(() => tell()).not.toThrow();
    expect(signal.aborted).toBe(false);
    isBroken = false;
    await breakLock(place.file, { force: true });
    vi.advanceTimersByTime(1000);
    expect(signal.reason).toEqual(LOST);
    await lock.release();
  });
});

test('a program that holds a lock and looks at its signal ends when it has nothing else to do, and is seen until then', async () => {
  await using place = await lockPlace();
  const program = new URL('support/hold-and-end.ts', import.meta.url);
  expect(await runTypeScript(program, { args: [place.file] })).toBe('held and seen');
  await (await FileSystemLock.acquire(place.file, { timeoutMs: 0 })).release();
});

test('who waits in this process does not see who waits on the disk, and all get their turn', async () => {
  await using place = await lockPlace();
  const first = await heldByAnother(place);
  const { got, ask, release } = crowd(place);
  ask('w1');
  ask('w2');
  await untilQueued(place.locks, 2);
  const other = heldByAnother(place);
  await untilQueued(place.locks, 3);
  // one exclusive ticket of each process at most stands on the disk
  expect(got).toEqual([]);
  await first.release();
  await until(() => got.length === 1);
  await release('w1');
  await (await other).release();
  await until(() => got.length === 2);
  await release('w2');
  expect(got).toEqual(['w1', 'w2']);
});

test('a lock of this process in a copy of the directory is void there', async () => {
  await using place = await lockPlace();
  await drawAs(ownToken({ directory: '1' }), place.file);
  await using lock = await FileSystemLock.acquire(place.file, { timeoutMs: 0 });
  lock.assertHeld();
});

test('a lock of this process is held on after its host was renamed', async () => {
  await using place = await lockPlace();
  const { queue, ticket } = await drawAs(ownToken({ host: 'former name' }), place.file);
  expect(await FileSystemLock.tryAcquire(place.file)).toBeUndefined();
  await queue.spend(ticket.id);
});

test('a lock of another machine is waited for, however old it is', async () => {
  await using place = await lockPlace();
  const { queue, ticket } = await drawAs(foreignToken(), place.file, { now: () => 0 });
  expect(await FileSystemLock.tryAcquire(place.file)).toBeUndefined();
  expect(await queue.isSpent(ticket.id)).toBe(false);
});
