import { execFileSync } from 'node:child_process';
import { systemError, tempDirectory } from '@tgstore/testkit';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type LockFileSystem, nodeFileSystem, type Watch } from '../src/file-system.ts';
import { TicketQueue } from '../src/ticket-queue.ts';
import { untilSpent } from '../src/wait.ts';
import { BOOT, FORMER_BOOT, queueHost } from './support/queue-host.ts';
import { outcomeOf, settle, until } from './support/until.ts';

const A = { key: 'a', shared: false };
const never = new AbortController().signal;
const nothing = async (): Promise<void> => {};

/** A queue with one ticket in it that somebody else holds. */
async function heldQueue({
  isDead = async () => false,
  bootTag = BOOT,
  ...fileSystem
}: Partial<LockFileSystem> & { isDead?: () => Promise<boolean>; bootTag?: string } = {}) {
  const dir = await tempDirectory();
  const path = `${dir.path}/queue`;
  const holder = new TicketQueue(path, queueHost({ bootTag: () => bootTag }));
  const { id } = await holder.draw(A);
  const host = queueHost({ fileSystem: { ...nodeFileSystem(), ...fileSystem }, isDead });
  return {
    path,
    holder,
    id,
    queue: new TicketQueue(path, host),
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}

test('a ticket that is spent already is not waited for, whatever the signal says', async () => {
  await using held = await heldQueue({
    watch: () => {
      throw new Error('watched without need');
    },
  });
  await held.holder.spend(held.id);
  const onWait = vi.fn(nothing);
  await untilSpent(held.queue, held.id, AbortSignal.abort(new Error('aborted')), onWait);
  expect(onWait).not.toHaveBeenCalled();
});

test('a ticket that is spent between the first look and the watch is not waited for', async () => {
  await using held = await heldQueue({
    watch: (path) => {
      execFileSync('mv', [path, path.replace('ticket.', 'spent.')]);
      return undefined;
    },
  });
  const onWait = vi.fn(nothing);
  await untilSpent(held.queue, held.id, never, onWait);
  expect(onWait).not.toHaveBeenCalled();
});

test('who waits is woken when the ticket is spent, without a look in between', async () => {
  let looks = 0;
  const { exists } = nodeFileSystem();
  await using held = await heldQueue({
    exists: async (path) => {
      looks += 1;
      return await exists(path);
    },
  });
  // the look now and then never comes
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const waits = vi.fn(nothing);
  const waiting = untilSpent(held.queue, held.id, never, waits);
  while (vi.getTimerCount() === 0) await settle();
  const before = looks;
  await held.holder.spend(held.id);
  await waiting;
  expect(looks - before).toBeLessThanOrEqual(2);
  expect(vi.getTimerCount()).toBe(0);
  expect(waits).toHaveBeenCalledTimes(1);
});

const WATCHES: [title: string, fromMs: number, toMs: number, LockFileSystem['watch']][] = [
  ['missing', 25, 75, () => undefined],
  ['deaf', 100, 300, () => ({ close: () => {} })],
];

describe.each(WATCHES)('where the watch is %s', (_, fromMs, toMs, watch) => {
  test(`who waits looks again after ${fromMs} to ${toMs} ms, and again, and tells each time`, async () => {
    await using held = await heldQueue({ watch });
    const delays = vi.spyOn(globalThis, 'setTimeout');
    const onWait = vi.fn(nothing);
    const waiting = untilSpent(held.queue, held.id, never, onWait);
    await until(() => onWait.mock.calls.length > 3);
    await held.holder.spend(held.id);
    await waiting;
    const polls = delays.mock.calls.map(([, ms = 0]) => ms).filter((ms) => ms > 10);
    expect(polls.length).toBeGreaterThan(2);
    expect(Math.min(...polls)).toBeGreaterThanOrEqual(fromMs);
    expect(Math.max(...polls)).toBeLessThanOrEqual(toMs);
    // so that those who wait do not all look at the same time
    expect(new Set(polls).size).toBeGreaterThan(1);
  });
});

test('a change that is told while nobody listens is not lost, and none is a reason to stop waiting', async () => {
  let tell = (): void => {};
  await using held = await heldQueue({
    watch: (_path, onChange) => {
      tell = onChange;
      return { close: () => {} };
    },
  });
  // the look now and then never comes
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const onWait = vi.fn(async () => {
    if (onWait.mock.calls.length === 20) await held.holder.spend(held.id);
    tell();
  });
  await untilSpent(held.queue, held.id, never, onWait);
  expect(onWait).toHaveBeenCalledTimes(20);
});

test('a change is a reason for one look, not for more', async () => {
  let tell = (): void => {};
  await using held = await heldQueue({
    watch: (_path, onChange) => {
      tell = onChange;
      return { close: () => {} };
    },
  });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const onWait = vi.fn(async () => {
    if (onWait.mock.calls.length === 1) tell();
  });
  const waiting = untilSpent(held.queue, held.id, never, onWait);
  while (vi.getTimerCount() === 0) await settle();
  expect(onWait).toHaveBeenCalledTimes(2);
  await held.holder.spend(held.id);
  tell();
  await waiting;
});

test('the owner of a ticket is read once, and judged at every look', async () => {
  let reads = 0;
  let judged = 0;
  await using held = await heldQueue({
    watch: () => undefined,
    read: async (path) => {
      reads += 1;
      return await nodeFileSystem().read(path);
    },
    isDead: async () => {
      judged += 1;
      return false;
    },
  });
  const onWait = vi.fn(nothing);
  const waiting = untilSpent(held.queue, held.id, never, onWait);
  await until(() => judged > 3);
  await held.holder.spend(held.id);
  await waiting;
  expect(reads).toBe(1);
});

test('an abort while nobody listens is not lost', async () => {
  await using held = await heldQueue({ watch: () => undefined });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const abort = new AbortController();
  const reason = new Error('enough');
  const onWait = async (): Promise<void> => abort.abort(reason);
  await expect(untilSpent(held.queue, held.id, abort.signal, onWait)).rejects.toBe(reason);
});

test('the watch is closed when the wait is over, whichever way', async () => {
  const open = new Set<Watch>();
  const watch = (): Watch => {
    const one: Watch = { close: () => void open.delete(one) };
    open.add(one);
    return one;
  };
  await using held = await heldQueue({ watch });
  const abort = new AbortController();
  const aborted = untilSpent(held.queue, held.id, abort.signal, nothing);
  const failed = untilSpent(held.queue, held.id, never, () => Promise.reject(new Error('no')));
  const served = untilSpent(held.queue, held.id, never, nothing);
  await expect(failed).rejects.toThrow('no');
  await until(() => open.size === 2);
  abort.abort(new Error('enough'));
  await expect(aborted).rejects.toThrow('enough');
  expect(open.size).toBe(1);
  await held.holder.spend(held.id);
  await served;
  expect(open.size).toBe(0);
});

test('an abort ends the wait at once, and listeners do not gather on its signal', async () => {
  await using held = await heldQueue({ watch: () => undefined });
  const abort = new AbortController();
  const { signal } = abort;
  const add = vi.spyOn(signal, 'addEventListener');
  const remove = vi.spyOn(signal, 'removeEventListener');
  const onWait = vi.fn(nothing);
  const waiting = untilSpent(held.queue, held.id, signal, onWait);
  await until(() => onWait.mock.calls.length > 3);
  expect(add.mock.calls.length - remove.mock.calls.length).toBeLessThanOrEqual(1);
  const reason = new Error('enough');
  abort.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  expect(remove.mock.calls.length).toBe(add.mock.calls.length);
});

test('the ticket of a dead process is spent for it, even where there is no time to wait', async () => {
  await using held = await heldQueue({ isDead: async () => true });
  await untilSpent(held.queue, held.id, AbortSignal.abort(new Error('no time')), nothing);
  expect(await held.holder.isSpent(held.id)).toBe(true);
});

test('the ticket of a process that dies meanwhile is spent for it', async () => {
  let looks = 0;
  await using held = await heldQueue({
    isDead: async () => {
      looks += 1;
      return looks > 3;
    },
  });
  await untilSpent(held.queue, held.id, never, nothing);
  expect(looks).toBe(4);
  expect(await held.holder.isSpent(held.id)).toBe(true);
});

test('an unreadable ticket is waited for, but for one of a former boot', async () => {
  for (const bootTag of [BOOT, FORMER_BOOT]) {
    await using held = await heldQueue({ bootTag, isDead: async () => true });
    execFileSync('sh', ['-c', 'echo x > "$1"', 'sh', `${held.path}/ticket.${held.id}`]);
    const onWait = vi.fn(nothing);
    const outcome = outcomeOf(untilSpent(held.queue, held.id, never, onWait));
    await until(() => onWait.mock.calls.length > 2 || outcome() !== undefined);
    expect(outcome()).toEqual(bootTag === BOOT ? undefined : { value: undefined });
    await held.holder.spend(held.id);
    await until(() => outcome() !== undefined);
  }
});

test('a dead ticket that the disk does not let go rejects with its error', async () => {
  await using held = await heldQueue({
    isDead: async () => true,
    rename: () => Promise.reject(systemError('EROFS')),
  });
  await expect(untilSpent(held.queue, held.id, never, nothing)).rejects.toMatchObject({
    code: 'EROFS',
  });
});
