import { execFileSync } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempDirectory, watchCalls } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { appendTail, nodeFileSystem, readUndoRecord, recoverTail } from '../src/index.ts';

const isWindows = process.platform === 'win32';

test.skipIf(isWindows)(
  'what is no file in the place of an undo record is none, and stays',
  async () => {
    const kinds = {
      fifo: async (path: string) => void execFileSync('mkfifo', [path]),
      directory: (path: string) => mkdir(path),
      link: (path: string) => symlink('/dev/zero', path),
    };
    for (const [kind, put] of Object.entries(kinds)) {
      await using dir = await tempDirectory();
      const [path, undo] = [join(dir.path, 'file'), join(dir.path, 'undo')];
      await writeFile(path, 'content');
      await put(undo);
      await expect(readUndoRecord(undo), kind).resolves.toBeUndefined();
      await expect(recoverTail(path, undo), kind).resolves.toBe('mismatch');
      await expect(nodeFileSystem.lstat(undo), kind).resolves.toBeDefined();
    }
  },
);

test.skipIf(isWindows)('no record is rolled back through a link', async () => {
  await using dir = await tempDirectory();
  const [victim, path, undo] = ['victim', 'file', 'undo'].map((name) => join(dir.path, name)) as [
    string,
    string,
    string,
  ];
  await writeFile(path, 'old end');
  // the append is interrupted before its end
  const fileSystem = watchCalls(nodeFileSystem, ({ name }) => {
    if (name === 'unlink' || name === 'handle.truncate') throw new Error('EIO');
    return undefined;
  });
  await expect(appendTail(path, 'new', { from: 4, undoPath: undo, fileSystem })).rejects.toThrow();
  await writeFile(victim, 'not yours');
  await nodeFileSystem.unlink(path);
  await symlink(victim, path);
  await expect(recoverTail(path, undo)).resolves.toBe('mismatch');
  await expect(readFile(victim, 'utf8')).resolves.toBe('not yours');
});
