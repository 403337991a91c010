import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { breakLock, FileSystemLock, inspectLocks } from '../src/index.ts';
import { bootTag } from '../src/process-token.ts';
import { drawAs } from './support/draw-as.ts';
import { snapshot, ticketsIn } from './support/files.ts';
import { heldByAnother, type LockPlace, lockPlace } from './support/lock-place.ts';
import { deadToken, foreignToken } from './support/tokens.ts';
import { outcomeOf, until, untilQueued } from './support/until.ts';

const force = { force: true };

test('the lock of a dead process is broken, and what is told is who that was', async () => {
  await using place = await lockPlace();
  const { ticket } = await drawAs(deadToken(), place.file, { operation: 'import' });
  const [holder] = await inspectLocks(place.locks);
  expect(await breakLock(place.file)).toEqual([holder]);
  expect(holder).toMatchObject({ ticket: ticket.id, liveness: 'dead', operation: 'import' });
  expect(await inspectLocks(place.locks)).toEqual([]);
  expect(await breakLock(place.file)).toEqual([]);
});

test('all who share a lock lose it', async () => {
  await using place = await lockPlace();
  const dead = deadToken();
  for (let times = 0; times < 3; times += 1) await drawAs(dead, place.file, { shared: true });
  expect(await breakLock(place.file)).toMatchObject([
    { kind: 'shared' },
    { kind: 'shared' },
    { kind: 'shared' },
  ]);
  expect(await ticketsIn(place.locks)).toEqual([]);
});

describe('the lock of a living process', () => {
  test('is not broken, and the error names it', async () => {
    await using place = await lockPlace();
    await using lock = await FileSystemLock.acquire(place.file, { operation: 'import' });
    const [holder] = await inspectLocks(place.locks);
    await expect(breakLock(place.file)).rejects.toMatchObject({
      name: 'LockError',
      code: 'LOCK_ALIVE',
      path: place.file,
      holders: [holder],
      message: `the lock on ${place.file} was not broken: process ${process.pid} on ${holder?.host} (import) since ${holder?.since} lives; end it, or use force if it no longer writes`,
    });
    lock.assertHeld();
    expect(lock.signal.aborted).toBe(false);
  });

  test('stays whole together with those of the dead who share it', async () => {
    await using place = await lockPlace();
    await drawAs(deadToken(), place.file, { shared: true });
    await using lock = await heldByAnother(place, { shared: true });
    await expect(breakLock(place.file)).rejects.toMatchObject({
      code: 'LOCK_ALIVE',
      holders: [{ ticket: lock.ticket.id }],
    });
    expect(await inspectLocks(place.locks)).toHaveLength(2);
  });

  test('is broken by force, its signal is aborted, and its release does not touch the new owner', async () => {
    await using place = await lockPlace();
    const victim = await FileSystemLock.acquire(place.file);
    const { signal } = victim;
    expect(await breakLock(place.file, force)).toMatchObject([{ pid: process.pid }]);
    const owner = await heldByAnother(place);
    await until(() => signal.aborted);
    expect(signal.reason).toMatchObject({ code: 'LOCK_LOST', path: place.file });
    expect(() => victim.assertHeld()).toThrow();
    await victim.release();
    expect(await inspectLocks(place.locks)).toMatchObject([{ ticket: owner.ticket.id }]);
    await owner.release();
  });
});

test('who waits is not broken, and has the lock next', async () => {
  await using place = await lockPlace();
  await using _ = await heldByAnother(place);
  const first = outcomeOf(heldByAnother(place, { shared: true }));
  await untilQueued(place.locks, 2);
  const second = outcomeOf(heldByAnother(place));
  const [holder] = await untilQueued(place.locks, 3);
  expect(await breakLock(place.file, force)).toEqual([holder]);
  await until(() => first() !== undefined);
  expect(first()).toHaveProperty('value');
  expect(second()).toBeUndefined();
  await breakLock(place.file, force);
  await until(() => second() !== undefined);
  expect(second()).toHaveProperty('value');
});

test('locks on other paths are left alone, also those in the same queue', async () => {
  await using place = await lockPlace();
  const names = Array.from({ length: 40 }, (_, index) => join(place.path, `other${index}`));
  for (const file of names) await drawAs(deadToken({ pid: 2 ** 22 + 1 }), file);
  await drawAs(deadToken(), place.file);
  await breakLock(place.file, force);
  expect((await inspectLocks(place.locks)).map(({ path }) => path)).toEqual(names.toSorted());
});

describe('the lock of another machine', () => {
  const NAME = `process.${bootTag('another boot')}-00000000000000aa`;

  /** Makes one, with a heartbeat that old. */
  async function drawElsewhere(place: LockPlace, silenceMs: number | undefined): Promise<string> {
    const { ticket } = await drawAs(foreignToken({ presence: NAME }), place.file);
    if (silenceMs !== undefined) {
      const path = join(place.locks, NAME);
      await writeFile(path, '.');
      const time = new Date(Date.now() - silenceMs);
      await utimes(path, time, time);
    }
    return ticket.id;
  }

  test.each([undefined, 0, 3_600_000])(
    'is not broken without force, whatever its heartbeat (%s ms ago)',
    async (silence) => {
      await using place = await lockPlace();
      const ticket = await drawElsewhere(place, silence);
      await expect(breakLock(place.file)).rejects.toMatchObject({
        code: 'LOCK_ALIVE',
        holders: [{ ticket, liveness: 'unknown' }],
        message: expect.stringContaining('on elsewhere since'),
      });
      await expect(breakLock(place.file)).rejects.toThrow(
        /is not proved dead; end it, or use force/,
      );
      expect(await ticketsIn(place.locks)).toHaveLength(1);
    },
  );

  test.each([0, 20_000, 590_000])(
    'is not broken by force where it gave a sign %d ms ago',
    async (silence) => {
      await using place = await lockPlace();
      await drawElsewhere(place, silence);
      await expect(breakLock(place.file, force)).rejects.toMatchObject({
        code: 'LOCK_ALIVE',
        message: expect.stringMatching(/gave a sign \d+ s ago; it takes 600 s without one/),
      });
      expect(await ticketsIn(place.locks)).toHaveLength(1);
      expect((await readdir(place.locks)).filter((name) => name.endsWith('.time'))).toEqual([]);
    },
  );

  test('is broken by force after ten minutes without a sign', async () => {
    await using place = await lockPlace();
    const ticket = await drawElsewhere(place, 610_000);
    expect(await breakLock(place.file, force)).toMatchObject([{ ticket, liveness: 'unknown' }]);
    expect(await ticketsIn(place.locks)).toEqual([]);
  });

  test('is broken by force where its heartbeat is gone, or it never had one', async () => {
    await using place = await lockPlace();
    await drawElsewhere(place, undefined);
    expect(await breakLock(place.file, force)).toHaveLength(1);
    await drawAs(foreignToken(), place.file);
    expect(await breakLock(place.file, force)).toHaveLength(1);
    expect(await ticketsIn(place.locks)).toEqual([]);
  });

  test('that is one of several is broken with all of them or not at all', async () => {
    await using place = await lockPlace();
    await drawAs(deadToken(), place.file, { shared: true });
    const { ticket } = await drawAs(foreignToken({ presence: NAME }), place.file, { shared: true });
    await writeFile(join(place.locks, NAME), '.');
    await expect(breakLock(place.file, force)).rejects.toMatchObject({
      holders: [{ ticket: ticket.id }],
    });
    expect(await ticketsIn(place.locks)).toHaveLength(2);
  });
});

test('a lock in another directory is found there', async () => {
  await using place = await lockPlace();
  const directory = join(place.path, 'elsewhere');
  const lock = await FileSystemLock.acquire(place.file, { directory });
  await using other = await heldByAnother(place);
  expect(await breakLock(place.file, { ...force, directory })).toHaveLength(1);
  expect(() => lock.assertHeld()).toThrow();
  expect(other.queue.isInPlace(other.ticket.id)).toBe(true);
  await lock.release();
});

test('a damaged lock is not broken, not even by force', async () => {
  await using place = await lockPlace();
  const { ticket } = await drawAs(deadToken(), place.file);
  await drawAs(deadToken(), place.file);
  const [name = ''] = (await ticketsIn(place.locks)).filter((one) => one.includes(ticket.id));
  await writeFile(join(place.locks, name), 'something else');
  await expect(breakLock(place.file, force)).rejects.toMatchObject({
    code: 'LOCK_DAMAGED',
    path: join(place.locks, name),
  });
});

describe('where nothing is locked', () => {
  test('nothing is broken, and no lock directory is made', async () => {
    await using place = await lockPlace();
    expect(await breakLock(place.file)).toEqual([]);
    expect(await breakLock(place.file, force)).toEqual([]);
    expect(await readdir(place.path)).toEqual([]);
  });

  test('nothing is broken, and nothing is changed in the lock directory', async () => {
    await using place = await lockPlace();
    await (await FileSystemLock.acquire(place.file)).release();
    const before = await snapshot(place.locks);
    for (let index = 0; index < 20; index += 1)
      expect(await breakLock(join(place.path, `other${index}`))).toEqual([]);
    expect(await snapshot(place.locks)).toEqual(before);
  });
});
