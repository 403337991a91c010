import { readdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { BackupManager } from '../src/index.ts';
import { filesOf } from './support/tree.ts';

test('archives are in `backups` in the directory, and not in themselves', async () => {
  await using dir = await tempDirectory();
  await writeFile(join(dir.path, 'a.json'), 'content');
  const backups = new BackupManager({ storageDir: dir.path });
  expect(backups.backupDir).toBe(join(dir.path, 'backups'));
  for (const tag of ['one', 'two']) {
    expect((await backups.createBackup({ tag })).counts).toMatchObject({ files: 1, bytes: 7 });
  }
  expect(await readdir(dir.path)).toEqual(['a.json', 'backups']);
});

test('paths may be relative, and stay what they were when the process goes elsewhere', async () => {
  await using dir = await tempDirectory();
  const before = process.cwd();
  try {
    process.chdir(dir.path);
    const here = process.cwd();
    await writeFile('a.json', 'old');
    const backups = new BackupManager({ storageDir: '.', backupDir: 'b' });
    expect(backups.backupDir).toBe(resolve('b'));
    process.chdir('/');
    const { id, path } = await backups.createBackup();
    expect(path).toBe(join(here, 'b', `${id}.tar.gz`));
    await writeFile(join(here, 'a.json'), 'new');
    await backups.restoreBackup(id, { overwrite: true });
    expect(filesOf(here)).toEqual({ 'a.json': 'old' });
  } finally {
    process.chdir(before);
  }
});

test('the time is that of the machine where no other clock is given', async () => {
  await using dir = await tempDirectory();
  const before = Math.floor(Date.now() / 1000) * 1000;
  const { id } = await new BackupManager({ storageDir: dir.path }).createBackup();
  const { backups } = await new BackupManager({ storageDir: dir.path }).listBackups();
  const createdAt = Date.parse(backups[0]?.createdAt ?? '');
  expect(backups[0]?.id).toBe(id);
  expect(createdAt).toBeGreaterThanOrEqual(before);
  expect(createdAt).toBeLessThanOrEqual(Date.now());
});

test('misuse is a TypeError', () => {
  expect(() => new BackupManager({ storageDir: '' })).toThrow(TypeError);
  for (const maxBackups of [-1, 1.5, Number.NaN, Infinity, '5' as never]) {
    expect(() => new BackupManager({ storageDir: 'data', maxBackups })).toThrow(TypeError);
  }
});
