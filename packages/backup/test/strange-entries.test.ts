import { execFileSync } from 'node:child_process';
import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BackupManager, directoryContents } from '../src/index.ts';
import { tempStore } from './support/store.ts';

const isWindows = process.platform === 'win32';

test.skipIf(isWindows)(
  'what is no file in the place of an archive or beside it keeps nobody waiting',
  async () => {
    await using store = await tempStore();
    await store.write({ 'a.json': 'a' });
    const { backups } = store;
    const { id, path } = await backups.createBackup();
    const directory = join(path, '..');
    const [beside = ''] = (await readdir(directory)).filter((name) => name.endsWith('.json'));
    for (const put of [
      async (at: string) => void execFileSync('mkfifo', [at]),
      (at: string) => symlink('/dev/zero', at),
      (at: string) => symlink(at, at),
      (at: string) => mkdir(at),
    ]) {
      await rm(join(directory, beside), { recursive: true });
      await put(join(directory, beside));
      const { backups: listed } = await backups.listBackups();
      expect(listed.map(({ counts }) => counts)).toEqual([undefined]);
    }
    await rm(path);
    execFileSync('mkfifo', [path]);
    await expect(backups.restoreBackup(id)).rejects.toMatchObject({ code: 'BACKUP_DAMAGED', path });
  },
);

test('a restore goes on where another one has archived all that was put aside', async () => {
  await using store = await tempStore();
  await store.write({ 'a.json': 'a' });
  const { id } = await store.backups.createBackup();
  const aside = join(store.store, '.restore', 'replaced');
  await mkdir(aside, { recursive: true });
  await writeFile(join(aside, 'a.json'), 'of an interrupted restore');
  const backups = new BackupManager({
    storageDir: store.store,
    backupDir: store.backupDir,
    contentsOf: (directory) => {
      const contents = directoryContents(directory);
      if (directory !== aside) return contents;
      return {
        ...contents,
        async *snapshots() {
          await rm(join(aside, 'a.json'));
          yield* directoryContents(join(aside, 'is gone too')).snapshots();
        },
      };
    },
  });
  const { items, preRestore } = await backups.restoreBackup(id);
  expect(items.map(({ result }) => result)).toEqual(['unchanged']);
  expect(preRestore).toBeUndefined();
});
