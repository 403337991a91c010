import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemError } from '@tgstore/testkit';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type AcquireOptions, takeTurn } from '../src/acquire.ts';
import { breakLock } from '../src/break-lock.ts';
import { FileSystemLock, inspectLocks, type LockInfo } from '../src/index.ts';
import { LockDirectory } from '../src/lock-directory.ts';
import { disk } from './support/disk.ts';
import { drawAs } from './support/draw-as.ts';
import { filesIn, ticketsIn } from './support/files.ts';
import { heldByAnother, type LockPlace, lockPlace } from './support/lock-place.ts';
import { inOwnContext } from './support/own-context.ts';
import { neighbourOf } from './support/scenarios.ts';
import { deadToken, foreignToken, ownToken } from './support/tokens.ts';
import { outcomeOf, settle, until, untilQueued } from './support/until.ts';

/** The three ways in which somebody can stand in the way. */
const HOLDERS: [title: string, hold: (place: LockPlace) => Promise<() => Promise<void>>][] = [
  [
    'this process',
    async ({ file }) => {
      const lock = await FileSystemLock.acquire(file, { operation: 'holding' });
      return () => lock.release();
    },
  ],
  [
    'another one',
    async (place) => {
      const held = await heldByAnother(place, { operation: 'holding' });
      return () => held.release();
    },
  ],
  [
    'another machine',
    async ({ file }) => {
      const { queue, ticket } = await drawAs(foreignToken(), file, { operation: 'holding' });
      return () => queue.spend(ticket.id);
    },
  ],
];

/** Asks for the lock in a context of its own, which holds nothing. */
function ask(place: LockPlace, options: AcquireOptions = {}): Promise<FileSystemLock> {
  return FileSystemLock.acquire(place.file, options);
}

describe.each(HOLDERS)('while %s holds the lock', (who, hold) => {
  test('to wait 0 ms fails at once, and names the holder', async () => {
    await using place = await lockPlace();
    const giveBack = await inOwnContext(() => hold(place));
    const [holder] = await inspectLocks(place.locks);
    const error = await ask(place, { timeoutMs: 0 }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      name: 'LockError',
      code: 'LOCK_TIMEOUT',
      path: place.file,
      holders: [holder],
      message: expect.stringContaining(
        `${place.file} could not be locked within 0 s: held by process ${holder?.pid} on ${holder?.host} (holding) since ${holder?.since}`,
      ),
    });
    expect(holder).toMatchObject({ operation: 'holding', state: 'held', path: place.file });
    expect((error as Error).message.includes('may be dead')).toBe(who === 'another machine');
    expect(await inspectLocks(place.locks)).toEqual([holder]);
    await giveBack();
    await (await ask(place, { timeoutMs: 0 })).release();
  });

  test('to wait a little fails after that, and leaves nothing behind', async () => {
    await using place = await lockPlace();
    const giveBack = await inOwnContext(() => hold(place));
    await expect(ask(place, { timeoutMs: 20 })).rejects.toMatchObject({
      code: 'LOCK_TIMEOUT',
      message: expect.stringContaining('within 0.02 s'),
    });
    expect(await ticketsIn(place.locks)).toHaveLength(1);
    await giveBack();
    await (await ask(place)).release();
  });

  test('it is got as soon as it is given back, by who waits for ever too', async () => {
    await using place = await lockPlace();
    const giveBack = await inOwnContext(() => hold(place));
    const waiting = ask(place, { timeoutMs: Number.POSITIVE_INFINITY });
    const outcome = outcomeOf(waiting);
    if (who !== 'this process') await untilQueued(place.locks, 2);
    await settle();
    expect(outcome()).toBeUndefined();
    await giveBack();
    await (await waiting).release();
    expect(await inspectLocks(place.locks)).toEqual([]);
  });

  test('a signal that was aborted before rejects with its reason', async () => {
    await using place = await lockPlace();
    const giveBack = await inOwnContext(() => hold(place));
    const reason = { not: 'even an error' };
    await expect(ask(place, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await giveBack();
  });

  test('a signal that is aborted stops the wait with its reason, and leaves nothing behind', async () => {
    await using place = await lockPlace();
    const giveBack = await inOwnContext(() => hold(place));
    const abort = new AbortController();
    const waiting = ask(place, { signal: abort.signal, timeoutMs: Number.POSITIVE_INFINITY });
    const outcome = outcomeOf(waiting);
    if (who !== 'this process') await untilQueued(place.locks, 2);
    const behind = outcomeOf(ask(place).then((lock) => lock.release()));
    const reason = new Error('enough');
    abort.abort(reason);
    await until(() => outcome() !== undefined);
    expect(outcome()).toEqual({ error: reason });
    expect(behind()).toBeUndefined();
    await giveBack();
    await until(() => behind() !== undefined);
    expect(behind()).toEqual({ value: undefined });
    await (await ask(place)).release();
    const left = (await filesIn(place.locks)).filter((name) => /ticket|spent/.test(name));
    // the last one must be there for the next to read
    expect(left).toEqual([expect.stringMatching(/spent/)]);
  });
});

describe('options', () => {
  test.each([Number.NaN, -1, Number.NEGATIVE_INFINITY, -0.001])(
    'a time to wait of %d is a TypeError before any work',
    async (timeoutMs) => {
      await using place = await lockPlace();
      await expect(ask(place, { timeoutMs })).rejects.toThrow(TypeError);
      expect(await readdir(place.path)).toEqual([]);
    },
  );

  test('times beyond what timers can count are as good as for ever', async () => {
    await using place = await lockPlace();
    const held = await heldByAnother(place);
    const outcomes = [2 ** 31, 1e15].map((timeoutMs) =>
      outcomeOf(ask(place, { timeoutMs, shared: true })),
    );
    await untilQueued(place.locks, 3);
    expect(outcomes.map((outcome) => outcome())).toEqual([undefined, undefined]);
    await held.release();
    await until(() => outcomes.every((outcome) => outcome() !== undefined));
    for (const outcome of outcomes) expect(outcome()).toHaveProperty('value');
  });

  test('a free lock is taken though there is no time to wait', async () => {
    await using place = await lockPlace();
    await using lock = await ask(place, { timeoutMs: 0 });
    lock.assertHeld();
  });

  test('a lock of a dead process is taken though there is no time to wait', async () => {
    await using place = await lockPlace();
    await drawAs(deadToken(), place.file);
    await using lock = await ask(place, { timeoutMs: 0 });
    lock.assertHeld();
    expect(await inspectLocks(place.locks)).toMatchObject([{ pid: process.pid, state: 'held' }]);
  });

  test('many locks of the dead are taken in one go, and what they left does not stay', async () => {
    await using place = await lockPlace();
    const dead = deadToken();
    for (let times = 0; times < 10; times += 1) {
      await drawAs(dead, place.file, { shared: times % 3 === 0 });
    }
    await (await ask(place, { timeoutMs: 0 })).release();
    await (await ask(place, { timeoutMs: 0 })).release();
    expect((await filesIn(place.locks)).filter((name) => /ticket|spent/.test(name))).toHaveLength(
      1,
    );
  });

  test('listeners do not gather on a signal that is used often', async () => {
    await using place = await lockPlace();
    const { signal } = new AbortController();
    const add = vi.spyOn(signal, 'addEventListener');
    const remove = vi.spyOn(signal, 'removeEventListener');
    for (let times = 0; times < 5; times += 1) await (await ask(place, { signal })).release();
    await using _ = await heldByAnother(place);
    await expect(ask(place, { signal, timeoutMs: 30 })).rejects.toThrow();
    expect(add.mock.calls.length).toBeGreaterThan(0);
    expect(remove.mock.calls.length).toBe(add.mock.calls.length);
  });

  test('the reason of a signal is passed on as it is, also where it looks like an error of the disk', async () => {
    await using place = await lockPlace();
    await using _ = await heldByAnother(place);
    const reason = systemError('EACCES', 'open');
    const abort = new AbortController();
    const waiting = ask(place, { signal: abort.signal });
    await untilQueued(place.locks, 2);
    abort.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });

  test('a signal that is aborted after the lock was taken changes nothing', async () => {
    await using place = await lockPlace();
    const abort = new AbortController();
    await using lock = await ask(place, { signal: abort.signal });
    abort.abort(new Error('too late'));
    lock.assertHeld();
    expect(lock.signal.aborted).toBe(false);
  });
});

describe('onWait', () => {
  test('is called once, after half a second, with the first who holds the lock', async () => {
    await using place = await lockPlace();
    const held = await heldByAnother(place, { operation: 'long work' });
    const told: LockInfo[] = [];
    const began = performance.now();
    let after = 0;
    const waiting = ask(place, {
      onWait: (holder) => {
        told.push(holder);
        after = performance.now() - began;
      },
    });
    await until(() => told.length > 0);
    // a few more looks
    await new Promise((resolve) => setTimeout(resolve, 200));
    await held.release();
    await (await waiting).release();
    expect(told).toMatchObject([
      { operation: 'long work', ticket: held.ticket.id, state: 'held', liveness: 'alive' },
    ]);
    expect(after).toBeGreaterThanOrEqual(500);
  });

  test('is not called where nobody stands in the way for long', async () => {
    await using place = await lockPlace();
    const onWait = vi.fn();
    await (await ask(place, { onWait })).release();
    await drawAs(deadToken(), place.file);
    await (await ask(place, { onWait })).release();
    expect(onWait).not.toHaveBeenCalled();
  });

  test('that throws gives up the place in the queue, and rejects with that', async () => {
    await using place = await lockPlace();
    await using held = await heldByAnother(place);
    const failure = new Error('no terminal');
    const onWait = (): void => {
      throw failure;
    };
    await expect(ask(place, { onWait })).rejects.toBe(failure);
    expect(await inspectLocks(place.locks)).toMatchObject([{ ticket: held.ticket.id }]);
  });
});

describe('a place in the queue', () => {
  test('that was taken away by force is told as lost', async () => {
    await using place = await lockPlace();
    const held = await heldByAnother(place);
    const waiting = ask(place);
    const outcome = outcomeOf(waiting);
    const [, waiter] = await untilQueued(place.locks, 2);
    await held.queue.spend(waiter?.ticket ?? '');
    await held.release();
    await until(() => outcome() !== undefined);
    expect(outcome()).toMatchObject({ error: { code: 'LOCK_LOST', path: place.file } });
    await (await ask(place)).release();
  });

  test('is not told as lost when the holder was broken by force', async () => {
    await using place = await lockPlace();
    await using held = await heldByAnother(place);
    const waiting = ask(place);
    await untilQueued(place.locks, 2);
    expect(await breakLock(place.file, { force: true })).toMatchObject([
      { ticket: held.ticket.id },
    ]);
    await using lock = await waiting;
    lock.assertHeld();
  });

  test('is served in the order of all, whatever they ask for', async () => {
    await using place = await lockPlace();
    const held = await heldByAnother(place);
    const order: string[] = [];
    const asked: Promise<void>[] = [];
    for (const [index, kind] of ['r', 'w', 'r', 'r', 'w', 'w', 'r'].entries()) {
      // each as another process: an object of its own
      const directory = new LockDirectory(place.locks);
      const turn = takeTurn(directory, place.file, { shared: kind === 'r' });
      asked.push(
        turn.then(async ({ queue, ticket }) => {
          order.push(`${kind}${index}`);
          await queue.spend(ticket.id);
        }),
      );
      await untilQueued(place.locks, index + 2);
    }
    await held.release();
    await Promise.all(asked);
    expect(order).toHaveLength(7);
    expect(order.slice(0, 2)).toEqual(['r0', 'w1']);
    expect(new Set(order.slice(2, 4))).toEqual(new Set(['r2', 'r3']));
    expect(order.slice(4)).toEqual(['w4', 'w5', 'r6']);
  });

  test('behind one who waits exclusively is not passed by who asks for the lock shared', async () => {
    await using place = await lockPlace();
    const reader = await heldByAnother(place, { shared: true });
    const writer = heldByAnother(place);
    await untilQueued(place.locks, 2);
    const error = await ask(place, { shared: true, timeoutMs: 0 }).catch((reason) => reason);
    expect(error).toMatchObject({ code: 'LOCK_TIMEOUT' });
    await reader.release();
    await (await writer).release();
    await (await ask(place, { shared: true, timeoutMs: 0 })).release();
  });

  test('behind one who waits exclusively names somebody in its error, though all who hold it share it', async () => {
    await using place = await lockPlace();
    const reader = await heldByAnother(place, { shared: true });
    const writer = heldByAnother(place);
    await untilQueued(place.locks, 2);
    const error = await ask(place, { shared: true, timeoutMs: 0 }).catch((reason) => reason);
    await reader.release();
    await (await writer).release();
    expect(error.message).toContain('by process');
    expect(error.holders).not.toEqual([]);
  });

  test('names only those who stand in the way of a shared one', async () => {
    await using place = await lockPlace();
    await using held = await heldByAnother(place);
    const other = ask(place, { shared: true });
    await untilQueued(place.locks, 2);
    const error = await ask(place, { shared: true, timeoutMs: 0 }).catch((reason) => reason);
    expect(error).toMatchObject({ holders: [{ ticket: held.ticket.id }] });
    await held.release();
    await (await other).release();
  });

  test('names how many hold it, where they share it', async () => {
    await using place = await lockPlace();
    const readers = [
      await heldByAnother(place, { shared: true }),
      await heldByAnother(place, { shared: true }),
      await heldByAnother(place, { shared: true }),
    ];
    const error = await ask(place, { timeoutMs: 0 }).catch((reason) => reason);
    expect(error.holders.map(({ ticket }: LockInfo) => ticket)).toEqual(
      readers.map(({ ticket }) => ticket.id),
    );
    expect(error.message).toMatch(/held by process .* since .* and 2 more; try again later/);
  });
});

test('a damaged ticket for another path does not stand in the way, and is not told', async () => {
  await using place = await lockPlace();
  const neighbour = neighbourOf(place);
  const { ticket } = await drawAs(ownToken(), neighbour);
  const held = await heldByAnother(place);
  const [name = ''] = (await ticketsIn(place.locks)).filter((one) => one.includes(ticket.id));
  await writeFile(join(place.locks, name), 'something else');
  const error = await ask(place, { timeoutMs: 0 }).catch((reason: unknown) => reason);
  await held.release();
  await (await ask(place)).release();
  expect(error).toMatchObject({ code: 'LOCK_TIMEOUT', holders: [{ ticket: held.ticket.id }] });
});

describe('a disk that fails', () => {
  test('while somebody waits rejects with its error, and leaves the queue', async () => {
    await using place = await lockPlace();
    await using held = await heldByAnother(place);
    let looks = 0;
    const fileSystem = disk({
      before: ({ name }) => {
        if (name === 'exists') looks += 1;
        if (looks === 4) {
          looks += 1;
          throw systemError('EIO');
        }
      },
    });
    await expect(heldByAnother(place, { fileSystem })).rejects.toMatchObject({ code: 'EIO' });
    expect(await inspectLocks(place.locks)).toMatchObject([{ ticket: held.ticket.id }]);
  });

  test.each(['EROFS', 'EACCES', 'EPERM'])('with %s says what can be done', async (code) => {
    await using place = await lockPlace();
    const cause = systemError(code);
    const fileSystem = disk({
      before: ({ text }) => {
        if (text.startsWith('create')) throw cause;
      },
    });
    const error = await heldByAnother(place, { fileSystem }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      name: 'LockError',
      code: 'LOCK_NOT_WRITABLE',
      path: place.locks,
      cause,
      message: expect.stringMatching(/can't be written .*make it writable/),
    });
  });

  test.each(['ENOSPC', 'EMFILE', 'EIO'])('with %s passes that on', async (code) => {
    await using place = await lockPlace();
    const cause = systemError(code);
    const fileSystem = disk({
      before: ({ text }) => {
        if (text.startsWith('create')) throw cause;
      },
    });
    await expect(heldByAnother(place, { fileSystem })).rejects.toBe(cause);
  });

  test('makes way for the next in this process', async () => {
    await using place = await lockPlace();
    let isBroken = true;
    const fileSystem = disk({
      before: () => {
        if (isBroken) throw systemError('EIO');
      },
    });
    const directory = new LockDirectory(place.locks, { fileSystem });
    await expect(takeTurn(directory, place.file, {})).rejects.toMatchObject({ code: 'EIO' });
    isBroken = false;
    const { queue, ticket } = await takeTurn(directory, place.file, { timeoutMs: 100 });
    await queue.spend(ticket.id);
  });

  test('and refuses to let go of a place in the queue is asked again until it does', async () => {
    await using place = await lockPlace();
    await using _ = await heldByAnother(place);
    let refusals = 2;
    const fileSystem = disk({
      before: ({ text }) => {
        if (!text.includes('rename v1-') || !text.includes('/spent') || refusals === 0) return;
        refusals -= 1;
        throw systemError('EIO');
      },
    });
    vi.useFakeTimers({ toFake: ['setTimeout'], shouldAdvanceTime: true, advanceTimeDelta: 50 });
    onTestFinished(() => void vi.useRealTimers());
    const waiting = heldByAnother(place, { fileSystem, timeoutMs: 30 });
    await expect(waiting).rejects.toThrow();
    expect(await ticketsIn(place.locks)).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(3000);
    vi.useRealTimers();
    await untilQueued(place.locks, 1);
    expect(refusals).toBe(0);
  });
});

test('without the directory above there is nowhere to keep locks, and once it is there they work', async () => {
  await using place = await lockPlace();
  const file = join(place.path, 'later', 'chat.json');
  await expect(FileSystemLock.acquire(file)).rejects.toMatchObject({ code: 'ENOENT' });
  await mkdir(join(place.path, 'later'));
  await (await FileSystemLock.acquire(file)).release();
});

test('a file in the place of the lock directory is told', async () => {
  await using place = await lockPlace();
  await mkdir(join(place.path, 'dir'));
  const directory = join(place.path, 'dir', 'locks');
  await writeFile(directory, '');
  await expect(FileSystemLock.acquire(place.file, { directory })).rejects.toMatchObject({
    code: 'ENOTDIR',
  });
});
