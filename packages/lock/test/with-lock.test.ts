import { execFileSync } from 'node:child_process';
import { rename } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { runTypeScript, systemError, typeScriptFlags } from '@tgstore/testkit';
import { describe, expect, test, vi } from 'vitest';
import { FileSystemLock, inspectLocks, withLock } from '../src/index.ts';
import { heldByAnother, type LockPlace, lockPlace } from './support/lock-place.ts';
import { outcomeOf, settle, until, untilQueued } from './support/until.ts';

vi.mock('node:fs/promises', { spy: true });

const REENTRANT = expect.objectContaining({ name: 'LockError', code: 'LOCK_REENTRANT' });
const nothing = (): void => {};

test('the work runs while the lock is held, and its result passes through', async () => {
  await using place = await lockPlace();
  const result = await withLock(place.file, { operation: 'count' }, async (lock) => {
    lock.assertHeld();
    expect(await inspectLocks(place.locks)).toMatchObject([
      { state: 'held', kind: 'exclusive', operation: 'count', path: place.file },
    ]);
    return 7;
  });
  expect(result).toBe(7);
  expect(await inspectLocks(place.locks)).toEqual([]);
});

test('the options may be left out, and the work need not be asynchronous', async () => {
  await using place = await lockPlace();
  expect(await withLock(place.file, ({ path, shared }) => ({ path, shared }))).toEqual({
    path: place.file,
    shared: false,
  });
  expect(await withLock(place.file, { shared: true }, ({ shared }) => shared)).toBe(true);
});

test.each(['throws', 'rejects'])('the lock is given back when the work %s', async (how) => {
  await using place = await lockPlace();
  const failure = new Error('no');
  const work = (): Promise<never> => {
    if (how === 'throws') throw failure;
    return Promise.reject(failure);
  };
  await expect(withLock(place.file, work)).rejects.toBe(failure);
  expect(await inspectLocks(place.locks)).toEqual([]);
  await withLock(place.file, { timeoutMs: 0 }, nothing);
});

test('a failure of the work and one of the release are both told', async () => {
  await using place = await lockPlace();
  const work = new Error('the work');
  const release = systemError('EIO', 'rename');
  vi.mocked(rename).mockClear();
  const failing = withLock(place.file, async () => {
    vi.mocked(rename).mockRejectedValueOnce(release);
    throw work;
  });
  const error = await failing.catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: 'SuppressedError', error: release, suppressed: work });
});

test('the work does not run where the lock can not be had', async () => {
  await using place = await lockPlace();
  await using _ = await heldByAnother(place);
  let ran = false;
  const work = (): void => {
    ran = true;
  };
  await expect(withLock(place.file, { timeoutMs: 0 }, work)).rejects.toMatchObject({
    code: 'LOCK_TIMEOUT',
  });
  await expect(withLock(place.file, { timeoutMs: -1 }, work)).rejects.toThrow(TypeError);
  expect(ran).toBe(false);
});

test('the work may give the lock back itself', async () => {
  await using place = await lockPlace();
  await withLock(place.file, async (lock) => {
    await lock.release();
    expect(() => lock.assertHeld()).toThrow(expect.objectContaining({ code: 'LOCK_LOST' }));
    await withLock(place.file, { timeoutMs: 0 }, nothing);
  });
});

/** Every way to take a lock and do something while it is held. */
const WAYS: [title: string, take: Take][] = [
  ['withLock', (place, shared, work) => withLock(place.file, { shared, timeoutMs: 0 }, work)],
  [
    'acquire',
    async (place, shared, work) => {
      await using _ = await FileSystemLock.acquire(place.file, { shared, timeoutMs: 0 });
      await work();
    },
  ],
  [
    'tryAcquire',
    async (place, shared, work) => {
      await using lock = await FileSystemLock.tryAcquire(place.file, { shared });
      expect(lock).toBeDefined();
      await work();
    },
  ],
];
type Take = (place: LockPlace, shared: boolean, work: () => void | Promise<void>) => Promise<void>;

describe.each(WAYS)('within %s', (_, takeOuter) => {
  describe.each(WAYS)('%s', (_, takeInner) => {
    test.each([
      [false, false],
      [false, true],
      [true, false],
      [true, true],
    ])('of the same lock is refused at once (shared: %s in %s)', async (inner, outer) => {
      await using place = await lockPlace();
      await takeOuter(place, outer, async () => {
        await expect(takeInner(place, inner, nothing)).rejects.toEqual(REENTRANT);
        // nothing else is left in the queue, and the outer one is still held
        expect(await inspectLocks(place.locks)).toHaveLength(1);
      });
      await takeInner(place, inner, nothing);
    });

    test('of another lock works, and the first one stays taken', async () => {
      await using place = await lockPlace();
      const other = { ...place, file: `${place.file}.other` };
      await takeOuter(place, false, async () => {
        await takeInner(other, false, async () => {
          await expect(takeInner(place, false, nothing)).rejects.toEqual(REENTRANT);
          await expect(takeInner(other, false, nothing)).rejects.toEqual(REENTRANT);
        });
        await takeInner(other, false, nothing);
      });
    });
  });

  test('all branches of a Promise.all are refused, also through timers and callbacks', async () => {
    await using place = await lockPlace();
    await takeOuter(place, true, async () => {
      const branches = await Promise.allSettled([
        withLock(place.file, { shared: true }, nothing),
        FileSystemLock.acquire(place.file, { shared: true }),
        FileSystemLock.tryAcquire(place.file),
        sleep(1).then(() => withLock(place.file, nothing)),
        new Promise((resolve, reject) => {
          setTimeout(() => withLock(place.file, nothing).then(resolve, reject), 1);
        }),
        new Promise((resolve, reject) => {
          setImmediate(() => FileSystemLock.acquire(place.file).then(resolve, reject));
        }),
        new Promise((resolve, reject) => {
          process.nextTick(() => withLock(place.file, nothing).then(resolve, reject));
        }),
      ]);
      for (const branch of branches)
        expect(branch).toEqual({ status: 'rejected', reason: REENTRANT });
    });
  });

  test('a path by another spelling is the same lock', async () => {
    await using place = await lockPlace();
    await takeOuter(place, false, async () => {
      const spelling = `${place.path}/./sub/../chat.json`;
      await expect(withLock(spelling, { timeoutMs: 0 }, nothing)).rejects.toEqual(REENTRANT);
      const other = { directory: `${place.locks}/`, allowNetworkFileSystem: true, timeoutMs: 0 };
      await expect(withLock(place.file, other, nothing)).rejects.toEqual(REENTRANT);
    });
  });

  test('a lock of the same path in another directory is another lock', async () => {
    await using place = await lockPlace();
    await takeOuter(place, false, async () => {
      const directory = `${place.path}/elsewhere`;
      expect(await withLock(place.file, { directory, timeoutMs: 0 }, () => 'done')).toBe('done');
    });
  });
});

test('the error names the path and what to do', async () => {
  await using place = await lockPlace();
  await withLock(place.file, async () => {
    await expect(withLock(place.file, nothing)).rejects.toMatchObject({
      path: place.file,
      message: expect.stringMatching(
        /is locked already by the task that asks for it.*; pass the lock on/,
      ),
    });
  });
});

describe('it is not refused', () => {
  test('to siblings that started before either held it: they wait for each other', async () => {
    await using place = await lockPlace();
    let inside = 0;
    const order: number[] = [];
    const work = async (index: number): Promise<void> => {
      inside += 1;
      expect(inside).toBe(1);
      await sleep(1);
      order.push(index);
      inside -= 1;
    };
    await Promise.all([1, 2, 3].map((index) => withLock(place.file, () => work(index))));
    const acquire = async (index: number): Promise<void> => {
      await using _ = await FileSystemLock.acquire(place.file);
      await work(index);
    };
    await Promise.all([4, 5, 6].map(acquire));
    expect(order).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('to siblings within a holder of another lock', async () => {
    await using place = await lockPlace();
    let done = 0;
    const work = async (): Promise<void> => {
      await sleep(1);
      done += 1;
    };
    await withLock(`${place.file}.other`, async () => {
      await Promise.all([withLock(place.file, work), withLock(place.file, work)]);
    });
    expect(done).toBe(2);
  });

  test('to the same context after it gave the lock back', async () => {
    await using place = await lockPlace();
    for (let round = 0; round < 3; round += 1) {
      const lock = await FileSystemLock.acquire(place.file);
      await lock.release();
      await withLock(place.file, nothing);
    }
  });

  test('to a context whose own wait for it ran out', async () => {
    await using place = await lockPlace();
    const held = await heldByAnother(place);
    expect(await FileSystemLock.tryAcquire(place.file)).toBeUndefined();
    await expect(FileSystemLock.acquire(place.file, { timeoutMs: 0 })).rejects.toMatchObject({
      code: 'LOCK_TIMEOUT',
    });
    await held.release();
    await withLock(place.file, nothing);
  });

  test('to who runs beside a holder, and does not come from it', async () => {
    await using place = await lockPlace();
    let finish = nothing;
    const isHeld = { now: false };
    const holder = withLock(place.file, async () => {
      isHeld.now = true;
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
    });
    await until(() => isHeld.now);
    const beside = outcomeOf(withLock(place.file, () => 'beside'));
    await settle();
    expect(beside()).toBeUndefined();
    finish();
    await holder;
    await until(() => beside() !== undefined);
    expect(beside()).toEqual({ value: 'beside' });
  });

  test('to what a holder left running, once the lock has been given back', async () => {
    await using place = await lockPlace();
    let go = nothing;
    const later = new Promise<void>((resolve) => {
      go = resolve;
    });
    let left: Promise<string> | undefined;
    await withLock(place.file, async () => {
      left = later.then(() => withLock(place.file, { timeoutMs: 0 }, () => 'after'));
    });
    go();
    expect(await left).toBe('after');
  });

  test('to who waits within withLock for a lock that another branch takes', async () => {
    await using place = await lockPlace();
    await using held = await heldByAnother(place);
    const waiting = withLock(place.file, () => 'got it');
    await untilQueued(place.locks, 2);
    // this context asked for nothing itself
    await expect(withLock(place.file, { timeoutMs: 0 }, nothing)).rejects.toMatchObject({
      code: 'LOCK_TIMEOUT',
    });
    await held.release();
    expect(await waiting).toBe('got it');
  });
});

describe('another process', () => {
  const PROGRAM = new URL('support/try-lock.ts', import.meta.url);

  test('that a holder starts inherits nothing: it waits like any other', async () => {
    await using place = await lockPlace();
    const ask = async (): Promise<unknown> =>
      JSON.parse(await runTypeScript(PROGRAM, { args: [place.file, '0'] }));
    await withLock(place.file, async () => {
      expect(await ask()).toMatchObject({
        code: 'LOCK_TIMEOUT',
        holders: [{ pid: process.pid, liveness: 'alive' }],
      });
    });
    expect(await ask()).toEqual({ got: true });
  });

  test('does not get in while a holder does nothing but compute', async () => {
    await using place = await lockPlace();
    await using lock = await FileSystemLock.acquire(place.file);
    // nothing else happens here until that process has ended
    const output = execFileSync(
      process.execPath,
      [...typeScriptFlags, fileURLToPath(PROGRAM), place.file, '500'],
      { encoding: 'utf8' },
    );
    expect(JSON.parse(output)).toMatchObject({
      code: 'LOCK_TIMEOUT',
      holders: [{ pid: process.pid, liveness: 'alive' }],
    });
    lock.assertHeld();
  });
});
