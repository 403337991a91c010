import { execFileSync } from 'node:child_process';
import type { StatsFs } from 'node:fs';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemError, tempDirectory, typeScriptFlags } from '@tgstore/testkit';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { takeTurn } from '../src/acquire.ts';
import {
  breakLock,
  describeSelf,
  FileSystemLock,
  inspectLocks,
  isProvedDead,
  LockError,
  withLock,
} from '../src/index.ts';
import { LockDirectory, lockDirectoryFor } from '../src/lock-directory.ts';
import { drawAs } from './support/draw-as.ts';
import { heldByAnother, lockPlace } from './support/lock-place.ts';
import { inOwnContext } from './support/own-context.ts';
import { canMount, mountDisk } from './support/read-only.ts';
import { deadToken, foreignToken, ownToken } from './support/tokens.ts';
import { settle, untilQueued } from './support/until.ts';

vi.mock('node:fs/promises', { spy: true });

const onLinux = process.platform === 'linux';
const NFS = 0x6969;
const nothing = (): void => {};

/** Makes all disks those of a server until the test is over. */
function makeNetwork(type = NFS): void {
  vi.mocked(fs.statfs).mockResolvedValue({ type } as StatsFs);
  onTestFinished(() => void vi.mocked(fs.statfs).mockReset());
}

/** The names in a lock directory by which processes show that they live. */
async function presences(locks: string): Promise<string[]> {
  return (await fs.readdir(locks)).filter((name) => name.startsWith('process.'));
}

describe('keys', () => {
  test('are relative to the lock directory, and lead back to the path', () => {
    const directory = new LockDirectory('/store/.locks');
    const cases = [
      ['/store/chat.json', '../chat.json'],
      ['/store/a/b', '../a/b'],
      ['/store/.locks', ''],
      ['/store/.locks/x', 'x'],
      ['/elsewhere', '../../elsewhere'],
      ['/', '../..'],
    ] as const;
    for (const [path, key] of cases) {
      expect(directory.keyOf(path)).toBe(key);
      expect(directory.pathOf(key)).toBe(path);
    }
  });

  test('are spread over sixteen queues at most, each always to the same one', async () => {
    const directory = new LockDirectory('/store/.locks');
    const keys = Array.from({ length: 500 }, (_, index) => `../chat${index}.json`);
    const names = keys.map((key) => directory.queueOf(key).directory);
    expect(new Set(names).size).toBe(16);
    expect(names.every((name) => /^\/store\/\.locks\/v1-0[0-9a-f]$/.test(name))).toBe(true);
    const other = new LockDirectory('/store/.locks');
    expect(keys.map((key) => other.queueOf(key).directory)).toEqual(names);
  });

  test('of one queue do not wait for each other', async () => {
    await using place = await lockPlace();
    const paths = Array.from({ length: 40 }, (_, index) => join(place.path, `chat${index}.json`));
    const locks = await Promise.all(
      paths.map((path) => FileSystemLock.acquire(path, { timeoutMs: 0 })),
    );
    expect(await inspectLocks(place.locks)).toHaveLength(40);
    await Promise.all(locks.map((lock) => lock.release()));
    expect(await inspectLocks(place.locks)).toEqual([]);
  });

  test('however many there are, what is left behind is bounded', async () => {
    await using place = await lockPlace();
    for (let index = 0; index < 100; index += 1)
      await withLock(join(place.path, `chat${index}.json`), nothing);
    const names = await fs.readdir(place.locks, { recursive: true });
    // a process, and for each queue itself, a tail and the last ticket
    expect(names.length).toBeLessThanOrEqual(1 + 16 * 3);
  });
});

describe('a lock directory', () => {
  test('is found beside what is locked, or where it is said to be, one object for each', () => {
    expect(lockDirectoryFor('/store/chat.json', {}).path).toBe('/store/.locks');
    expect(lockDirectoryFor('/store/chat.json', { directory: '/l' }).path).toBe('/l');
    expect(lockDirectoryFor('/store/a', {})).toBe(lockDirectoryFor('/store/b', {}));
    expect(lockDirectoryFor('/store/a', { directory: '/store/.locks' })).toBe(
      lockDirectoryFor('/store/a', {}),
    );
    expect(lockDirectoryFor('/store/a', { allowNetworkFileSystem: true })).not.toBe(
      lockDirectoryFor('/store/a', {}),
    );
  });

  test('is made for its owner only, when it is first used', async () => {
    await using place = await lockPlace();
    const lock = await FileSystemLock.acquire(place.file);
    if (process.platform !== 'win32') expect((await fs.stat(place.locks)).mode & 0o777).toBe(0o700);
    await lock.release();
  });

  test('that was moved with its store while a lock is held has it still', async () => {
    await using place = await lockPlace();
    const [old, moved] = [join(place.path, 'old'), join(place.path, 'new')];
    await fs.mkdir(old);
    const lock = await FileSystemLock.acquire(join(old, 'chat.json'));
    await fs.rename(old, moved);
    expect(await inspectLocks(join(moved, '.locks'))).toMatchObject([
      { path: join(moved, 'chat.json'), state: 'held', liveness: 'alive' },
    ]);
    await expect(
      FileSystemLock.acquire(join(moved, 'chat.json'), { timeoutMs: 0 }),
    ).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
    await fs.rename(moved, old);
    lock.assertHeld();
    await lock.release();
  });

  test('that was copied with its store is free there, and the first one is held on', async () => {
    await using place = await lockPlace();
    const [store, copy] = [join(place.path, 'store'), join(place.path, 'copy')];
    await fs.mkdir(store);
    await using lock = await FileSystemLock.acquire(join(store, 'chat.json'));
    await fs.cp(store, copy, { recursive: true, filter: (from) => !from.includes('process.') });
    expect(await inspectLocks(join(copy, '.locks'))).toMatchObject([{ liveness: 'dead' }]);
    await withLock(join(copy, 'chat.json'), { timeoutMs: 0 }, nothing);
    lock.assertHeld();
  });

  test('that was replaced is known anew: what this process draws there is not void', async () => {
    await using place = await lockPlace();
    await withLock(place.file, nothing);
    await fs.rename(place.locks, join(place.path, 'former'));
    for (const isMade of [false, true]) {
      if (isMade) {
        await fs.rename(place.locks, join(place.path, 'second'));
        await fs.mkdir(place.locks);
      }
      const lock = await FileSystemLock.acquire(place.file);
      const [info] = await inspectLocks(place.locks);
      expect(info?.liveness).toBe('alive');
      expect(info?.owner.directory).toBe(String((await fs.stat(place.locks)).ino));
      expect(await presences(place.locks)).toEqual([info?.owner.presence]);
      await lock.release();
    }
  });

  test('that could not be opened is tried anew the next time', async () => {
    await using place = await lockPlace();
    const options = { directory: join(place.path, 'missing', 'locks') };
    for (let times = 0; times < 2; times += 1)
      await expect(withLock(place.file, options, nothing)).rejects.toMatchObject({
        code: 'ENOENT',
      });
    await fs.mkdir(join(place.path, 'missing'));
    await withLock(place.file, options, nothing);
  });

  test('is opened by whatever reads a queue in it', async () => {
    await using place = await lockPlace();
    await fs.mkdir(place.locks);
    const directory = new LockDirectory(place.locks, { lookOnly: true });
    const { owner } = await directory.queueOf('a').draw({ key: 'a', shared: false });
    expect(owner).toEqual(await directory.open());
  });
});

describe('a process', () => {
  test.runIf(onLinux)('shows itself by one socket, however many locks it takes', async () => {
    await using place = await lockPlace();
    const locks = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        FileSystemLock.acquire(join(place.path, `chat${index}.json`)),
      ),
    );
    const names = await presences(place.locks);
    expect(names).toHaveLength(1);
    expect((await fs.lstat(join(place.locks, names[0] ?? ''))).isSocket()).toBe(true);
    for (const info of await inspectLocks(place.locks))
      expect([info.owner.presence]).toEqual(names);
    await Promise.all(locks.map((lock) => lock.release()));
  });

  test('hides a second after it gave its last lock back, and shows itself again for the next', async () => {
    await using place = await lockPlace();
    const [one, two] = [
      await FileSystemLock.acquire(place.file),
      await FileSystemLock.acquire(`${place.file}.other`),
    ];
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const [name] = await presences(place.locks);
    await one.release();
    vi.advanceTimersByTime(3_600_000);
    expect(await presences(place.locks)).toEqual([name]);
    await two.release();
    vi.advanceTimersByTime(900);
    const three = await FileSystemLock.acquire(place.file);
    vi.advanceTimersByTime(3_600_000);
    expect(await presences(place.locks)).toEqual([name]);
    await three.release();
    vi.advanceTimersByTime(1100);
    expect(await presences(place.locks)).toEqual([]);
    const four = await FileSystemLock.acquire(place.file);
    const [info] = await inspectLocks(place.locks);
    expect(info?.owner.presence).not.toBe(name);
    expect(await presences(place.locks)).toEqual([info?.owner.presence]);
    await four.release();
  });

  test('does not hide while it waits, on the disk or in its own line', async () => {
    await using place = await lockPlace();
    const held = await heldByAnother(place);
    const waiting = [1, 2].map(() => inOwnContext(() => FileSystemLock.acquire(place.file)));
    await untilQueued(place.locks, 2);
    const [, info] = await inspectLocks(place.locks);
    const idle = vi.spyOn(globalThis, 'setTimeout');
    await held.release();
    for (const one of waiting) await (await one).release();
    expect(await presences(place.locks)).toContain(info?.owner.presence);
    const seconds = idle.mock.calls.filter(([, ms]) => ms === 1000);
    // the other one, and this one after its last lock
    expect(seconds).toHaveLength(2);
  });

  test('hides though it got no lock, too', async () => {
    await using place = await lockPlace();
    await drawAs(foreignToken(), place.file);
    const before = await presences(place.locks);
    const directory = new LockDirectory(place.locks);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    for (let times = 0; times < 3; times += 1)
      await expect(takeTurn(directory, place.file, { timeoutMs: 0 })).rejects.toMatchObject({
        code: 'LOCK_TIMEOUT',
      });
    expect(await presences(place.locks)).toHaveLength(before.length + 1);
    vi.advanceTimersByTime(1000);
    expect(await presences(place.locks)).toEqual(before);
  });

  test('hides though it gave up in its own line, too', async () => {
    await using place = await lockPlace();
    const directory = new LockDirectory(place.locks);
    const { queue, ticket, leave } = await takeTurn(directory, place.file, {});
    await expect(takeTurn(directory, place.file, { timeoutMs: 0 })).rejects.toMatchObject({
      code: 'LOCK_TIMEOUT',
    });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    await queue.spend(ticket.id);
    leave();
    expect(await presences(place.locks)).toHaveLength(1);
    vi.advanceTimersByTime(1000);
    expect(await presences(place.locks)).toEqual([]);
  });

  test('that gave its last lock back is not kept running by that', async () => {
    await using place = await lockPlace();
    const lock = await FileSystemLock.acquire(place.file);
    const timers = vi.spyOn(globalThis, 'setTimeout');
    await lock.release();
    expect(timers.mock.results.map(({ value }) => value.hasRef())).toEqual([false]);
  });

  test('does not fail since what others left can not be removed', async () => {
    await using place = await lockPlace();
    await fs.mkdir(
      join(place.locks, 'v1-00.process.00000000-0000000000000000.0000000000000000.new'),
      {
        recursive: true,
      },
    );
    vi.mocked(fs.rm).mockRejectedValueOnce(systemError('EBUSY', 'rm'));
    await withLock(place.file, nothing);
  });

  test('that was described for others does not hide', async () => {
    await using place = await lockPlace();
    const token = await describeSelf({ directory: place.locks });
    const options = { allowNetworkFileSystem: true };
    const lock = await FileSystemLock.acquire(place.file, options);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    await lock.release();
    vi.advanceTimersByTime(3_600_000);
    expect(await presences(place.locks)).toEqual([token.presence]);
  });

  test('that only looks shows nothing', async () => {
    await using place = await lockPlace();
    await fs.mkdir(place.locks);
    await new LockDirectory(place.locks, { lookOnly: true }).open();
    await inspectLocks(place.locks);
    await isProvedDead(ownToken(), { directory: place.locks });
    expect(await fs.readdir(place.locks)).toEqual([]);
  });
});

describe('what is proved there', () => {
  test.runIf(onLinux)('of a process in another namespace is what its socket says', async () => {
    await using place = await lockPlace();
    const lock = await FileSystemLock.acquire(place.file);
    const [info] = await inspectLocks(place.locks);
    const there = { ...ownToken({ pid: 2 ** 22 + 1 }), namespace: 'pid:[1]' };
    const directory = new LockDirectory(place.locks, { lookOnly: true });
    const { presence = null } = info?.owner ?? {};
    expect(await directory.judge({ ...there, presence })).toBe('alive');
    const gone = `process.${presence?.slice(8, 16)}-0000000000000000`;
    expect(await directory.judge({ ...there, presence: gone })).toBe('dead');
    expect(await directory.judge({ ...there, presence: null })).toBe('unknown');
    await lock.release();
  });

  test('of this process and a dead one is what the system says', async () => {
    await using place = await lockPlace();
    await fs.mkdir(place.locks);
    const directory = new LockDirectory(place.locks, { lookOnly: true });
    expect(await directory.judge(ownToken())).toBe('alive');
    expect(await directory.judge(deadToken())).toBe('dead');
    expect(await directory.judge(foreignToken())).toBe('unknown');
    expect(await directory.judge(ownToken({ directory: '1' }))).toBe('dead');
  });
});

// LXC and systemd-nspawn do that, and containers from one image often have one machine id
test.runIf(canMount)(
  'a lock is not taken from a living process of another container with a boot id of its own (needs root)',
  async () => {
    await using place = await lockPlace();
    await using lock = await FileSystemLock.acquire(place.file);
    const boot = join(place.path, 'boot_id');
    await fs.writeFile(boot, '00000000-0000-4000-8000-000000000000\n');
    const program = fileURLToPath(new URL('support/try-lock.ts', import.meta.url));
    const script = 'mount --bind "$1" /proc/sys/kernel/random/boot_id && shift && exec "$@"';
    const command = [process.execPath, ...typeScriptFlags, program, place.file, '0'];
    const output = execFileSync('unshare', ['--mount', 'sh', '-c', script, 'sh', boot, ...command]);
    expect(JSON.parse(String(output))).toMatchObject({
      code: 'LOCK_TIMEOUT',
      holders: [{ pid: process.pid }],
    });
    lock.assertHeld();
  },
);

describe.runIf(onLinux)('on a network file system', () => {
  test('no locks are taken unless that is allowed', async () => {
    await using place = await lockPlace();
    makeNetwork();
    const refused = {
      name: 'LockError',
      code: 'LOCK_NETWORK_FILE_SYSTEM',
      path: place.locks,
      message: expect.stringMatching(/network file system \(NFS\).*allowNetworkFileSystem/),
    };
    await expect(FileSystemLock.acquire(place.file)).rejects.toMatchObject(refused);
    await expect(FileSystemLock.tryAcquire(place.file)).rejects.toMatchObject(refused);
    await expect(withLock(place.file, nothing)).rejects.toMatchObject(refused);
    expect(await presences(place.locks)).toEqual([]);
  });

  test('locks hold where it is allowed, and are told from others by a heartbeat', async () => {
    await using place = await lockPlace();
    makeNetwork();
    const options = { allowNetworkFileSystem: true };
    const lock = await FileSystemLock.acquire(place.file, options);
    const [info] = await inspectLocks(place.locks);
    expect(info).toMatchObject({ liveness: 'alive', owner: { directory: null } });
    const { presence } = info?.owner ?? {};
    expect(await presences(place.locks)).toEqual([presence]);
    expect((await fs.lstat(join(place.locks, presence ?? ''))).isFile()).toBe(true);
    const other = new LockDirectory(place.locks, { allowNetwork: true });
    await expect(takeTurn(other, place.file, { timeoutMs: 0 })).rejects.toMatchObject({
      code: 'LOCK_TIMEOUT',
    });
    await lock.release();
    await expect(breakLock(place.file, options)).resolves.toEqual([]);
  });

  test('nobody is asked, and inodes mean nothing', async () => {
    await using place = await lockPlace();
    await fs.mkdir(place.locks);
    makeNetwork();
    const directory = new LockDirectory(place.locks, { allowNetwork: true, lookOnly: true });
    const presence = 'process.00000000-0000000000000000';
    const there = ownToken({ namespace: 'pid:[1]', presence });
    expect(await directory.judge(there)).toBe('unknown');
    expect(await directory.judge(ownToken({ directory: '1' }))).toBe('alive');
  });

  test('locks can be looked at and broken without being allowed', async () => {
    await using place = await lockPlace();
    await drawAs(deadToken(), place.file);
    makeNetwork();
    expect(await inspectLocks(place.locks)).toHaveLength(1);
    expect(await breakLock(place.file)).toHaveLength(1);
  });

  test('a process describes itself, and others are judged', async () => {
    await using place = await lockPlace();
    makeNetwork();
    const token = await describeSelf({ directory: place.locks });
    expect(token.directory).toBeNull();
    expect(await isProvedDead(token, { directory: place.locks })).toBe(false);
    expect(await isProvedDead(deadToken(), { directory: place.locks })).toBe(true);
  });
});

describe.runIf(canMount)('on a read-only disk (needs root)', () => {
  test.each([true, false])(
    'locks are refused with a clear error (directory there: %s)',
    async (isThere) => {
      await using dir = await tempDirectory();
      using disk = mountDisk(dir.path);
      const file = join(dir.path, 'chat.json');
      const locks = join(dir.path, '.locks');
      if (isThere) await fs.mkdir(locks);
      disk.makeReadOnly();
      const refused = {
        name: 'LockError',
        code: 'LOCK_NOT_WRITABLE',
        path: locks,
        cause: { code: 'EROFS' },
        message: expect.stringContaining('make it writable, or keep them in another directory'),
      };
      await expect(FileSystemLock.acquire(file)).rejects.toMatchObject(refused);
      await expect(FileSystemLock.tryAcquire(file)).rejects.toMatchObject(refused);
      await expect(withLock(file, { shared: true }, nothing)).rejects.toMatchObject(refused);
      const described = describeSelf({ directory: locks });
      if (isThere) await expect(described).resolves.toMatchObject({ presence: null });
      else await expect(described).rejects.toMatchObject(refused);
    },
  );

  test('locks can be kept elsewhere', async () => {
    await using dir = await tempDirectory();
    await using other = await tempDirectory();
    using disk = mountDisk(dir.path);
    disk.makeReadOnly();
    const file = join(dir.path, 'chat.json');
    expect(await withLock(file, { directory: other.path }, () => 'done')).toBe('done');
  });

  test('that became so while a lock is held, the lock is held on and given back later', async () => {
    await using dir = await tempDirectory();
    using disk = mountDisk(dir.path);
    const lock = await FileSystemLock.acquire(join(dir.path, 'chat.json'));
    disk.makeReadOnly();
    lock.assertHeld();
    await expect(lock.release()).rejects.toMatchObject({ code: 'EROFS' });
    expect(await inspectLocks(join(dir.path, '.locks'))).toMatchObject([{ state: 'held' }]);
  });
});

test('errors of the disk that say that nothing can be written are explained, others are not', () => {
  const directory = new LockDirectory('/store/.locks');
  for (const code of ['EROFS', 'EACCES', 'EPERM']) {
    const cause = systemError(code);
    const error = directory.explain(cause);
    expect(error).toBeInstanceOf(LockError);
    expect(error).toMatchObject({ code: 'LOCK_NOT_WRITABLE', path: '/store/.locks', cause });
  }
  for (const other of [systemError('EIO'), new Error('x'), 'EROFS', undefined, null])
    expect(directory.explain(other)).toBe(other);
});

test('a line of this process stands until nobody is in it any more', async () => {
  const directory = new LockDirectory('/store/.locks');
  const { signal } = new AbortController();
  const entered: string[] = [];
  const enter = async (name: string, key = 'a'): Promise<() => void> => {
    const leave = await directory.enterMemoryQueue(key, false, signal);
    entered.push(name);
    return leave;
  };
  const leaveFirst = await enter('first');
  const second = enter('second');
  const gone = AbortSignal.abort(new Error('before'));
  await expect(directory.enterMemoryQueue('a', true, gone)).rejects.toThrow('before');
  const third = enter('third');
  (await enter('other', 'b'))();
  await settle();
  expect(entered).toEqual(['first', 'other']);
  leaveFirst();
  const leaveSecond = await second;
  const fourth = enter('fourth');
  await settle();
  expect(entered).toEqual(['first', 'other', 'second']);
  leaveSecond();
  (await third)();
  (await fourth)();
  (await enter('fifth'))();
  expect(entered.slice(3)).toEqual(['third', 'fourth', 'fifth']);
});
