import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { systemError, tempDirectory } from '@tgstore/testkit';
import { describe, expect, type Mock, onTestFinished, test, vi } from 'vitest';
import { nodeFileSystem } from '../src/file-system.ts';

vi.mock('node:fs/promises', { spy: true });
vi.mock('node:fs', { spy: true });
vi.mock('node:timers/promises', { spy: true });

const disk = nodeFileSystem('linux');
const ignore = (): void => {};

test('a file is made once, for its owner only, and read as it was written', async () => {
  await using dir = await tempDirectory();
  const path = join(dir.path, 'file');
  await disk.create(path, 'tést');
  expect(await disk.read(path)).toBe('tést');
  await expect(disk.create(path, 'again')).rejects.toMatchObject({ code: 'EEXIST' });
  expect(await disk.read(path)).toBe('tést');
  if (process.platform !== 'win32') expect((await fs.stat(path)).mode & 0o777).toBe(0o600);
});

test('a directory is made for its owner only, and removed if it is empty', async () => {
  await using dir = await tempDirectory();
  const path = join(dir.path, 'sub');
  await disk.makeDirectory(path);
  if (process.platform !== 'win32') expect((await fs.stat(path)).mode & 0o777).toBe(0o700);
  await disk.create(join(path, 'file'), '');
  await disk.sync(path);
  await disk.sync(join(path, 'file'));
  expect(await disk.list(path)).toEqual(['file']);
  await expect(disk.removeDirectory(path)).rejects.toMatchObject({ code: 'ENOTEMPTY' });
  await disk.rename(join(path, 'file'), join(dir.path, 'moved'));
  await disk.removeDirectory(path);
  await disk.unlink(join(dir.path, 'moved'));
  expect(await disk.list(dir.path)).toEqual([]);
});

test('what is there is said to be there, whatever it is, and links are not followed', async () => {
  await using dir = await tempDirectory();
  const there = join(dir.path, 'there');
  await fs.symlink('nothing', there);
  expect(await disk.exists(there)).toBe(true);
  expect(disk.existsNow(there)).toBe(true);
  const missing = join(dir.path, 'missing');
  expect(await disk.exists(missing)).toBe(false);
  expect(disk.existsNow(missing)).toBe(false);
  expect(await disk.exists(join(missing, 'below'))).toBe(false);
  expect(disk.existsNow(join(missing, 'below'))).toBe(false);
  const file = join(dir.path, 'file');
  await fs.writeFile(file, '');
  expect(await disk.exists(join(file, 'below'))).toBe(false);
  expect(disk.existsNow(join(file, 'below'))).toBe(false);
});

test('what can not be looked at is not said to be missing', async () => {
  await using dir = await tempDirectory();
  const path = join(dir.path, 'x'.repeat(300));
  await expect(disk.exists(path)).rejects.toMatchObject({ code: 'ENAMETOOLONG' });
  expect(() => disk.existsNow(path)).toThrow('ENAMETOOLONG');
});

describe.skipIf(process.platform === 'win32')('only regular files are read:', () => {
  const OTHERS: [what: string, make: (path: string) => Promise<unknown>, code: RegExp][] = [
    ['a directory', (path) => fs.mkdir(path), /EISDIR|EINVAL/],
    ['a pipe that nobody writes to', async (path) => execFileSync('mkfifo', [path]), /EINVAL/],
    ['a link to itself', (path) => fs.symlink('other', path), /ELOOP/],
    ['a link to a file', (path) => fs.symlink('/etc/hosts', path), /ELOOP|EMLINK/],
    ['a link to a device that never ends', (path) => fs.symlink('/dev/zero', path), /ELOOP|EMLINK/],
    ['a socket', bind, /ENXIO|EINVAL|EOPNOTSUPP/],
  ];

  test.each(OTHERS)('%s is refused at once', async (_, make, code) => {
    await using dir = await tempDirectory();
    await make(join(dir.path, 'other'));
    await expect(disk.read(join(dir.path, 'other'))).rejects.toMatchObject({
      code: expect.stringMatching(code),
    });
  });
});

describe('a watch', () => {
  test('tells of a rename and of a removal', async () => {
    await using dir = await tempDirectory();
    const change: ((path: string) => Promise<void>)[] = [
      (path) => fs.rename(path, `${path}.moved`),
      (path) => fs.unlink(path),
    ];
    for (const [index, happen] of change.entries()) {
      const path = join(dir.path, `file${index}`);
      await fs.writeFile(path, '');
      let tell = ignore;
      const told = new Promise<void>((resolve) => {
        tell = resolve;
      });
      const watch = disk.watch(path, tell);
      await happen(path);
      await told;
      watch?.close();
    }
  });

  test('is undefined where there is nothing, or no more watches, or none at all', async () => {
    await using dir = await tempDirectory();
    expect(disk.watch(join(dir.path, 'missing'), ignore)).toBeUndefined();
    const { watch } = await import('node:fs');
    for (const code of ['ENOSPC', 'EMFILE', 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM']) {
      vi.mocked(watch).mockImplementationOnce(() => {
        throw systemError(code, 'watch');
      });
      expect(disk.watch(dir.path, ignore)).toBeUndefined();
    }
  });

  test('that breaks is told as a change and throws nothing', async () => {
    await using dir = await tempDirectory();
    let told = 0;
    const watch = disk.watch(dir.path, () => {
      told += 1;
    });
    (watch as unknown as { emit(name: string, error: Error): void }).emit(
      'error',
      systemError('EPERM', 'watch'),
    );
    expect(told).toBe(1);
    watch?.close();
  });
});

describe('Windows, as shown by a seam', () => {
  const windows = nodeFileSystem('win32');
  const CALLS = [
    ['rename', (path: string) => windows.rename(path, `${path}.moved`)],
    ['unlink', (path: string) => windows.unlink(path)],
  ] as const;

  describe.each(CALLS)('%s', (name, call) => {
    test.each(['EPERM', 'EBUSY', 'EACCES'])('waits while %s says that it is open', async (code) => {
      await using dir = await tempDirectory();
      const path = join(dir.path, 'file');
      await fs.writeFile(path, '');
      const spy = spyOf(name);
      spy.mockClear();
      for (let times = 0; times < 5; times += 1) spy.mockRejectedValueOnce(systemError(code, name));
      await call(path);
      expect(spy).toHaveBeenCalledTimes(6);
      expect(await windows.exists(path)).toBe(false);
    });

    test('waits longer from try to try, and gives up in the end with the error', async () => {
      const waits = vi.mocked(setTimeout).mockResolvedValue(undefined);
      waits.mockClear();
      onTestFinished(() => void waits.mockReset());
      const error = systemError('EBUSY', name);
      const spy = spyOf(name);
      spy.mockClear();
      spy.mockImplementation(() => Promise.reject(error));
      onTestFinished(() => void spy.mockReset());
      expect(await call('anything').catch((reason: unknown) => reason)).toBe(error);
      const times = waits.mock.calls.map(([ms = 0]) => ms);
      expect(times).toEqual([...times].sort((one, other) => one - other));
      const total = times.reduce((sum, ms) => sum + ms, 0);
      // a scanner is done by then, and a person has not gone away yet
      expect(total).toBeGreaterThan(500);
      expect(total).toBeLessThan(5000);
      expect(spy).toHaveBeenCalledTimes(times.length + 1);
    });

    test('does not wait for what will not change', async () => {
      await using dir = await tempDirectory();
      const spy = spyOf(name);
      spy.mockClear();
      await expect(call(join(dir.path, 'missing'))).rejects.toMatchObject({ code: 'ENOENT' });
      expect(spy).toHaveBeenCalledTimes(1);
    });
  });

  test('a sync is nothing to do', async () => {
    vi.mocked(fs.open).mockClear();
    await windows.sync('anything');
    expect(fs.open).not.toHaveBeenCalled();
  });
});

test.each(['rename', 'unlink'] as const)('elsewhere %s does not wait', async (name) => {
  const spy = spyOf(name);
  spy.mockClear();
  spy.mockRejectedValueOnce(systemError('EBUSY', name));
  await expect(disk[name]('a', 'b')).rejects.toMatchObject({ code: 'EBUSY' });
  expect(spy).toHaveBeenCalledTimes(1);
});

test.skipIf(process.platform !== 'linux')('errors of an open file name it', async () => {
  const path = '/dev/null';
  const failing = expect(disk.sync(path)).rejects;
  await failing.toMatchObject({ code: 'EINVAL', path, message: expect.stringContaining(path) });
});

async function bind(path: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(path, resolve);
  });
  onTestFinished(() => void server.close());
}

/** The function of Node behind a call. */
function spyOf(name: 'rename' | 'unlink'): Mock<() => Promise<void>> {
  return vi.mocked({ rename: fs.rename, unlink: fs.unlink }[name] as () => Promise<void>);
}
