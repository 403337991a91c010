import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { systemError, tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { nodeFileSystem, renameDurably } from '../src/index.ts';
import { watched } from './support/watched.ts';

const windows = { ...nodeFileSystem, platform: 'win32' as const };

test('renameDurably replaces and syncs the directory once', async () => {
  await using dir = await tempDirectory();
  await writeFile(join(dir.path, 'a'), 'new');
  await writeFile(join(dir.path, 'b'), 'old');
  const { fileSystem, calls, inOrder } = watched();
  await renameDurably(join(dir.path, 'a'), join(dir.path, 'b'), { fileSystem });
  expect(await readFile(join(dir.path, 'b'), 'utf8')).toBe('new');
  expect(await readdir(dir.path)).toEqual(['b']);
  expect(calls).toEqual([
    'rename a b',
    `open ${basename(dir.path)} r`,
    'handle.sync',
    'handle.close',
  ]);
  expect(inOrder()).toBe(true);
});

test('renaming between directories syncs both, the new one first', async () => {
  await using dir = await tempDirectory();
  await mkdir(join(dir.path, 'from'));
  await mkdir(join(dir.path, 'to'));
  await writeFile(join(dir.path, 'from', 'a'), 'x');
  const { fileSystem, calls } = watched();
  await renameDurably(join(dir.path, 'from', 'a'), join(dir.path, 'to', 'b'), { fileSystem });
  expect(calls.filter((call) => call.startsWith('open'))).toEqual(['open to r', 'open from r']);
});

test('relaxed only renames', async () => {
  await using dir = await tempDirectory();
  await writeFile(join(dir.path, 'a'), 'x');
  const { fileSystem, calls } = watched();
  const durability = 'relaxed';
  await renameDurably(join(dir.path, 'a'), join(dir.path, 'b'), { fileSystem, durability });
  expect(calls).toEqual(['rename a b']);
});

test('a failed rename passes through; a failed sync after it is FS_UNCONFIRMED', async () => {
  await using dir = await tempDirectory();
  const target = join(dir.path, 'b');
  const missing = renameDurably(join(dir.path, 'a'), target);
  await expect(missing).rejects.toMatchObject({ code: 'ENOENT', syscall: 'rename' });
  await writeFile(join(dir.path, 'a'), 'x');
  const { fileSystem } = watched(({ name }) => {
    if (name === 'handle.sync') throw systemError('EIO');
    return undefined;
  });
  const unsynced = renameDurably(join(dir.path, 'a'), target, { fileSystem });
  await expect(unsynced).rejects.toMatchObject({ code: 'FS_UNCONFIRMED', path: target });
  expect(await readdir(dir.path)).toEqual(['b']);
});

test('on Windows a rename that others are in the way of is tried again', async () => {
  for (const code of ['EPERM', 'EACCES', 'EBUSY']) {
    await using dir = await tempDirectory();
    await writeFile(join(dir.path, 'a'), 'x');
    let failures = 0;
    const { fileSystem, calls } = watched(({ name }) => {
      if (name === 'rename' && ++failures <= 3) throw systemError(code);
      return undefined;
    }, windows);
    await renameDurably(join(dir.path, 'a'), join(dir.path, 'b'), { fileSystem });
    expect(calls.filter((call) => call === 'rename a b')).toHaveLength(4);
    expect(await readdir(dir.path)).toEqual(['b']);
  }
});

test('on Windows it gives up after two seconds, with the error', async () => {
  const { fileSystem, calls } = watched(() => {
    throw systemError('EBUSY');
  }, windows);
  const start = performance.now();
  await expect(renameDurably('a', 'b', { fileSystem })).rejects.toMatchObject({ code: 'EBUSY' });
  const elapsed = performance.now() - start;
  expect(elapsed).toBeGreaterThan(1_500);
  expect(elapsed).toBeLessThan(3_000);
  expect(calls.length).toBeGreaterThan(10);
});

test('a rename is not tried again elsewhere, nor on Windows for other errors', async () => {
  for (const [platform, code] of [
    ['linux', 'EPERM'],
    ['win32', 'ENOENT'],
  ] as const) {
    const { fileSystem, calls } = watched(
      () => {
        throw systemError(code);
      },
      { ...nodeFileSystem, platform },
    );
    await expect(renameDurably('a', 'b', { fileSystem })).rejects.toMatchObject({ code });
    expect(calls).toHaveLength(1);
  }
});
