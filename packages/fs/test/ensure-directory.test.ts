import { mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { systemError, tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { ensureDirectory } from '../src/index.ts';
import { failing, watched } from './support/watched.ts';

test('ensureDirectory makes what is missing, each durable before the next', async () => {
  await using dir = await tempDirectory();
  const { fileSystem, calls, inOrder } = watched();
  await ensureDirectory(join(dir.path, 'a', 'b'), { fileSystem });
  expect((await stat(join(dir.path, 'a', 'b'))).isDirectory()).toBe(true);
  const top = basename(dir.path);
  const synced = (name: string) => [`open ${name} r`, 'handle.sync', 'handle.close'];
  expect(calls).toEqual([
    'mkdir b',
    'mkdir a',
    'chmod a',
    ...synced(top),
    'mkdir b',
    'chmod b',
    ...synced('a'),
  ]);
  expect(inOrder()).toBe(true);
});

test('the mode of what it makes is exact whatever the umask; what exists keeps its own', async () => {
  await using dir = await tempDirectory();
  const modeOf = async (...names: string[]) => (await stat(join(dir.path, ...names))).mode & 0o7777;
  await mkdir(join(dir.path, 'there'));
  const existing = await modeOf('there');
  const before = process.umask();
  try {
    for (const umask of [0o000, 0o077, 0o777]) {
      for (const mode of [undefined, 0o750, 0o777]) {
        process.umask(umask);
        const name = `${umask}-${mode}`;
        await ensureDirectory(join(dir.path, 'there', name, 'inner'), { mode });
        process.umask(before);
        expect(await modeOf('there', name)).toBe(mode ?? 0o700);
        expect(await modeOf('there', name, 'inner')).toBe(mode ?? 0o700);
      }
    }
  } finally {
    process.umask(before);
  }
  expect(await modeOf('there')).toBe(existing);
});

test('the name of a directory that exists is made durable: its maker may have died before that', async () => {
  await using dir = await tempDirectory();
  await mkdir(join(dir.path, 'a'));
  const { fileSystem, calls } = watched();
  await ensureDirectory(join(dir.path, 'a'), { fileSystem });
  const top = basename(dir.path);
  expect(calls).toEqual(['mkdir a', 'stat a', `open ${top} r`, 'handle.sync', 'handle.close']);
});

test('an existing directory whose parent may not be read is enough, a new one is not', async () => {
  await using dir = await tempDirectory();
  for (const code of ['EACCES', 'EPERM', 'EROFS']) {
    const { fileSystem } = watched(({ name }) => {
      if (name === 'open') throw systemError(code);
      return undefined;
    });
    await ensureDirectory(dir.path, { fileSystem });
    const fresh = ensureDirectory(join(dir.path, code), { fileSystem });
    await expect(fresh).rejects.toMatchObject({ code });
  }
});

test('relaxed makes no syncs', async () => {
  await using dir = await tempDirectory();
  const { fileSystem, calls } = watched();
  await ensureDirectory(join(dir.path, 'a', 'b'), { fileSystem, durability: 'relaxed' });
  expect(calls).toEqual(['mkdir b', 'mkdir a', 'chmod a', 'mkdir b', 'chmod b']);
});

test('a file in the way is the error of the file system', async () => {
  await using dir = await tempDirectory();
  await writeFile(join(dir.path, 'file'), 'x');
  await symlink('nowhere', join(dir.path, 'dangling'));
  for (const [name, code] of [
    ['file', 'EEXIST'],
    ['dangling', 'EEXIST'],
    ['file/below', 'ENOTDIR'],
    ['file/far/below', 'ENOTDIR'],
  ] as const) {
    await expect(ensureDirectory(join(dir.path, name))).rejects.toMatchObject({ code });
  }
  expect((await readdir(dir.path)).sort()).toEqual(['dangling', 'file']);
});

test('a symbolic link to a directory, and a directory on a read-only disk, are directories', async () => {
  await using dir = await tempDirectory();
  await mkdir(join(dir.path, 'real'));
  await symlink('real', join(dir.path, 'link'));
  await ensureDirectory(join(dir.path, 'link'));
  const { fileSystem } = watched(({ name }) => {
    if (name === 'mkdir') throw systemError('EROFS');
    return undefined;
  });
  await ensureDirectory(join(dir.path, 'real'), { fileSystem });
  const missing = ensureDirectory(join(dir.path, 'missing'), { fileSystem });
  await expect(missing).rejects.toMatchObject({ code: 'EROFS' });
});

test('a missing drive ends in the error, not in a search for its parent', async () => {
  const { fileSystem } = watched(({ name }) => {
    if (name === 'mkdir') throw systemError('ENOENT');
    return undefined;
  });
  const missing = ensureDirectory('a/b', { fileSystem });
  await expect(missing).rejects.toMatchObject({ code: 'ENOENT' });
});

test('many at once make it together', async () => {
  await using dir = await tempDirectory();
  const path = join(dir.path, 'a', 'b', 'c', 'd');
  await Promise.all(Array.from({ length: 20 }, () => ensureDirectory(path)));
  expect((await stat(path)).mode & 0o777).toBe(0o700);
});

test('whichever call fails, it says so and a next try makes the rest', async () => {
  for (const code of ['EIO', 'ENOSPC', 'EMFILE']) {
    for (let at = 1; ; at++) {
      await using dir = await tempDirectory();
      const path = join(dir.path, 'a', 'b');
      const { fileSystem, calls, openHandles } = failing(code, at);
      const error = await ensureDirectory(path, { fileSystem }).catch((thrown) => thrown);
      expect(openHandles()).toBe(0);
      if (calls.length < at) {
        expect(at).toBeGreaterThan(10);
        break;
      }
      expect(error).toMatchObject({ code });
      await ensureDirectory(path);
      expect((await stat(path)).isDirectory()).toBe(true);
    }
  }
});
