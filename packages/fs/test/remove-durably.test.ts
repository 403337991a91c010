import { readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { systemError, tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { removeDurably } from '../src/index.ts';
import { watched } from './support/watched.ts';

test('removeDurably removes, then syncs the directory; relaxed only removes', async () => {
  await using dir = await tempDirectory();
  await writeFile(join(dir.path, 'a'), '');
  await writeFile(join(dir.path, 'b'), '');
  const { fileSystem, calls, inOrder } = watched();
  await removeDurably(join(dir.path, 'a'), { fileSystem });
  await removeDurably(join(dir.path, 'b'), { fileSystem, durability: 'relaxed' });
  expect(calls).toEqual([
    'unlink a',
    `open ${basename(dir.path)} r`,
    'handle.sync',
    'handle.close',
    'unlink b',
  ]);
  expect(inOrder()).toBe(true);
  expect(await readdir(dir.path)).toEqual([]);
});

test('ENOENT passes through; a failed sync after the removal is FS_UNCONFIRMED', async () => {
  await using dir = await tempDirectory();
  const path = join(dir.path, 'a');
  await expect(removeDurably(path)).rejects.toMatchObject({ code: 'ENOENT', syscall: 'unlink' });
  await writeFile(path, '');
  const { fileSystem } = watched(({ name }) => {
    if (name === 'handle.sync') throw systemError('EIO');
    return undefined;
  });
  const unsynced = removeDurably(path, { fileSystem });
  await expect(unsynced).rejects.toMatchObject({ code: 'FS_UNCONFIRMED', path });
  expect(await readdir(dir.path)).toEqual([]);
});
