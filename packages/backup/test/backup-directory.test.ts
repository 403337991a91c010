import { link, mkdir, readdir, rename, symlink, unlink, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { temporaryName } from '@tgstore/fs';
import { tempDirectory } from '@tgstore/testkit';
import { describe, expect, test, vi } from 'vitest';
import { BackupDirectory } from '../src/backup-directory.ts';
import { codeOf } from './support/errors.ts';
import { START, tempStore } from './support/store.ts';
import { treeOf } from './support/tree.ts';

const DAY = 24 * 60 * 60 * 1000;

describe('list', () => {
  test('is newest first, with id, tag, time, size, counts and when it was verified', async () => {
    await using temp = await tempStore();
    await temp.write({ 'a.json': 'content', 'b.json': '' });
    const first = await temp.backups.createBackup({ tag: 'pre-update' });
    temp.time += DAY;
    const second = await temp.backups.createBackup();
    temp.time -= 2 * DAY;
    const oldest = await temp.backups.createBackup();

    const { backups, foreign } = await temp.backups.listBackups();
    expect(foreign).toEqual([]);
    expect(backups.map(({ id }) => id)).toEqual([second.id, first.id, oldest.id]);
    expect(backups[1]).toEqual({
      id: '20261123T014500Z_pre-update',
      path: join(temp.backupDir, '20261123T014500Z_pre-update.tar.gz'),
      createdAt: '2026-11-23T01:45:00Z',
      tag: 'pre-update',
      size: first.size,
      counts: { files: 2, bytes: 7, messages: 0 },
      verifiedAt: '2026-11-23T01:45:00.000Z',
      encrypted: false,
    });
  });

  test('goes by the times of the archives, whatever those of their files', async () => {
    await using temp = await tempStore();
    const first = await temp.backups.createBackup();
    temp.time += 1000;
    const second = await temp.backups.createBackup();
    await utimes(second.path, 1, 1);
    await utimes(first.path, START, START);
    const { backups } = await temp.backups.listBackups();
    expect(backups.map(({ id }) => id)).toEqual([second.id, first.id]);
  });

  test('goes by the time in an archive, where its name says another one', async () => {
    await using temp = await tempStore();
    const { path } = await temp.backups.createBackup();
    const older = join(temp.backupDir, '20200101T000000Z.tar.gz');
    await rename(path, older);
    temp.time -= DAY;
    const second = await temp.backups.createBackup();
    await temp.backups.verifyBackup('2020');
    const { backups } = await temp.backups.listBackups();
    expect(backups.map(({ id }) => id)).toEqual(['20200101T000000Z', second.id]);
  });

  test('unpacks nothing: it lists what could not be unpacked', async () => {
    await using temp = await tempStore();
    const { id, path, size } = await temp.backups.createBackup();
    await writeFile(path, Buffer.alloc(size, 'garbage'));
    const { backups } = await temp.backups.listBackups();
    expect(backups).toMatchObject([{ id, size, counts: { files: 0 } }]);
  });

  test('of a directory that is missing, or empty, is empty', async () => {
    await using dir = await tempDirectory();
    for (const path of [dir.path, join(dir.path, 'missing')]) {
      expect(await new BackupDirectory(path).list()).toEqual({ backups: [], foreign: [] });
    }
  });

  test('names what is no backup as foreign, sorted, and leaves it alone', async () => {
    await using temp = await tempStore();
    const { id } = await temp.backups.createBackup();
    const foreign = [
      '.hidden',
      '20261123T014500Z.tar.gz.part',
      '20261124T014500Z.manifest.json',
      '20261125T014500Z.tar.gz',
      '20261126T014500Z.tar.gz',
      'a directory',
      'notes.txt',
      'result.tar.gz',
    ];
    const at = (name: string) => join(temp.backupDir, name);
    for (const name of foreign.filter((name) => !/2[56]T|directory/.test(name))) {
      await writeFile(at(name), 'x');
    }
    await mkdir(at('a directory'));
    await mkdir(at('20261125T014500Z.tar.gz'));
    await symlink(at(`${id}.tar.gz`), at('20261126T014500Z.tar.gz'));
    await writeFile(at(temporaryName()), 'being written');
    const before = treeOf(temp.backupDir);
    const list = await temp.backups.listBackups();
    expect(list.foreign).toEqual(foreign);
    expect(list.backups.map((backup) => backup.id)).toEqual([id]);
    expect(treeOf(temp.backupDir)).toEqual(before);
  });

  test('takes time and tag from the name where nothing fitting stands beside an archive', async () => {
    await using temp = await tempStore();
    const { id, path } = await temp.backups.createBackup({ tag: 'x' });
    const sidecar = join(temp.backupDir, `${id}.manifest.json`);
    const only = {
      id,
      path,
      createdAt: '2026-11-23T01:45:00Z',
      tag: 'x',
      counts: undefined,
      verifiedAt: undefined,
    };
    for (const garbage of ['', '{', 'null', '{}', '{"created_at":"2020-01-01T00:00:00Z"}']) {
      await writeFile(sidecar, garbage);
      expect((await temp.backups.listBackups()).backups).toMatchObject([only]);
    }
    await unlink(sidecar);
    expect((await temp.backups.listBackups()).backups).toMatchObject([only]);
    await mkdir(sidecar);
    expect((await temp.backups.listBackups()).backups).toMatchObject([only]);
  });

  test('does not believe what stands beside an archive that was cut', async () => {
    await using temp = await tempStore();
    const { path, size } = await temp.backups.createBackup();
    await writeFile(path, Buffer.alloc(size - 1));
    const { backups } = await temp.backups.listBackups();
    expect(backups).toMatchObject([{ size: size - 1, counts: undefined, verifiedAt: undefined }]);
  });

  test('has archives that others made, verified or not', async () => {
    await using temp = await tempStore();
    await mkdir(temp.backupDir);
    await writeFile(join(temp.backupDir, '20200101T000000Z_theirs.tar.gz'), 'x');
    await writeFile(join(temp.backupDir, '20200102T000000Z.tar.zst.age'), 'x');
    expect((await temp.backups.listBackups()).backups).toMatchObject([
      { id: '20200102T000000Z', tag: undefined, encrypted: true, size: 1, counts: undefined },
      { id: '20200101T000000Z_theirs', tag: 'theirs', encrypted: false, size: 1 },
    ]);
  });

  test('keeps a tag that only the name has: who renamed the archive wanted it to stay', async () => {
    await using temp = await tempStore();
    const { path } = await temp.backups.createBackup();
    await link(path, join(temp.backupDir, '20261123T014500Z_keep.tar.gz'));
    await temp.backups.verifyBackup('20261123T014500Z_keep');
    const { backups } = await temp.backups.listBackups();
    expect(backups.find(({ id }) => id.endsWith('_keep'))?.tag).toBe('keep');
  });

  test('passes other errors on', async () => {
    await using dir = await tempDirectory();
    await writeFile(join(dir.path, 'a'), '');
    const listing = new BackupDirectory(join(dir.path, 'a')).list();
    await expect(listing).rejects.toMatchObject({ code: 'ENOTDIR' });
  });
});

describe('find', () => {
  const NAMES = [
    '20261123T014500Z.tar.gz',
    '20261123T014500Z_pre-update.tar.gz',
    '20261123T014500Z_pre-update-2.tar.gz',
    '20261124T000000Z.tar.gz.age',
    'foreign.tar.gz',
  ];

  test.each([
    ['20261123T014500Z', '20261123T014500Z.tar.gz'],
    ['20261123T014500Z.tar.gz', '20261123T014500Z.tar.gz'],
    ['20261123T014500Z_pre-update', '20261123T014500Z_pre-update.tar.gz'],
    ['20261123T014500Z_pre-update-', '20261123T014500Z_pre-update-2.tar.gz'],
    ['20261124', '20261124T000000Z.tar.gz.age'],
  ])('%s is the whole id, the name or an unambiguous beginning', async (id, name) => {
    await using dir = await filled(NAMES);
    const found = await dir.directory.find(id);
    expect(found).toMatchObject({ name, path: join(dir.path, name) });
  });

  test.each([
    ['2026', 'BACKUP_AMBIGUOUS'],
    ['20261123T014500Z_p', 'BACKUP_AMBIGUOUS'],
    ['', 'BACKUP_NOT_FOUND'],
    ['2025', 'BACKUP_NOT_FOUND'],
    ['foreign', 'BACKUP_NOT_FOUND'],
    ['foreign.tar.gz', 'BACKUP_NOT_FOUND'],
    ['pre-update', 'BACKUP_NOT_FOUND'],
    ['../20261124', 'BACKUP_NOT_FOUND'],
    ['20261124T000000Z.tar', 'BACKUP_NOT_FOUND'],
  ])('%j is %s', async (id, code) => {
    await using dir = await filled(NAMES);
    expect(await codeOf(dir.directory.find(id))).toBe(code);
  });

  test('an ambiguous beginning is told with two that begin so', async () => {
    await using dir = await filled(NAMES);
    await expect(dir.directory.find('20261123')).rejects.toThrow(/3 backups .*tar\.gz, .*tar\.gz/);
  });

  test('finds nothing in a directory that is missing', async () => {
    await using dir = await tempDirectory();
    const missing = new BackupDirectory(join(dir.path, 'missing'));
    expect(await codeOf(missing.find('2026'))).toBe('BACKUP_NOT_FOUND');
  });
});

describe('whileInUse', () => {
  test('reads an archive under a second name, which goes afterwards, also after a failure', async () => {
    await using dir = await filled(['20261123T014500Z.tar.gz']);
    const path = join(dir.path, '20261123T014500Z.tar.gz');
    const result = await dir.directory.whileInUse(path, async (second) => {
      expect(second).not.toBe(path);
      expect(await readdir(dir.path)).toHaveLength(2);
      expect((await dir.directory.inUse()).size).toBe(1);
      return 'result';
    });
    expect(result).toBe('result');
    const failing = dir.directory.whileInUse(path, () => Promise.reject(new Error('broken')));
    await expect(failing).rejects.toThrow('broken');
    expect(await readdir(dir.path)).toEqual([basename(path)]);
    expect((await dir.directory.inUse()).size).toBe(0);
  });

  test('an archive that is as old as one likes is in use all the same', async () => {
    await using dir = await filled(['20261123T014500Z.tar.gz']);
    const path = join(dir.path, '20261123T014500Z.tar.gz');
    await utimes(path, 1, 1);
    await dir.directory.whileInUse(path, async (second) => {
      expect((await dir.directory.inUse()).size).toBe(1);
      expect(await readdir(dir.path)).toContain(basename(second));
    });
  });

  test('a link that vanishes meanwhile is no failure', async () => {
    await using dir = await filled(['20261123T014500Z.tar.gz']);
    const path = join(dir.path, '20261123T014500Z.tar.gz');
    await dir.directory.whileInUse(path, async (second) => await unlink(second));
    expect(await readdir(dir.path)).toEqual([basename(path)]);
  });

  test('an archive that was pruned since it was found is not found', async () => {
    await using dir = await filled([]);
    const using = dir.directory.whileInUse(join(dir.path, 'a'), async () => {});
    await expect(using).rejects.toMatchObject({ code: 'BACKUP_NOT_FOUND' });
  });
});

describe('inUse', () => {
  test('sweeps what a killed process left, and counts what another machine may be reading', async () => {
    await using dir = await filled(['20261123T014500Z.tar.gz']);
    const path = join(dir.path, '20261123T014500Z.tar.gz');
    // a pid that no system gives
    const dead = temporaryName().replace(/-[0-9a-z]{7}-/, '-0hra0hs-');
    const elsewhere = temporaryName().replace(/-[0-9a-f]{8}-/, '-00000000-');
    await link(path, join(dir.path, dead));
    expect((await dir.directory.inUse()).size).toBe(0);
    await link(path, join(dir.path, elsewhere));
    expect((await dir.directory.inUse()).size).toBe(1);
    expect((await readdir(dir.path)).sort()).toEqual([elsewhere, basename(path)].sort());
  });

  test('forgets after a day what was left by a process of which nothing is known', async () => {
    await using dir = await filled(['20261123T014500Z.tar.gz']);
    const path = join(dir.path, '20261123T014500Z.tar.gz');
    await link(path, join(dir.path, temporaryName().replace(/-[0-9a-f]{8}-/, '-00000000-')));
    const clock = vi.spyOn(Date, 'now');
    const now = Date.now();
    clock.mockReturnValue(now + DAY - 60_000);
    expect((await dir.directory.inUse()).size).toBe(1);
    clock.mockReturnValue(now + DAY + 60_000);
    expect((await dir.directory.inUse()).size).toBe(0);
    expect(await readdir(dir.path)).toEqual([basename(path)]);
  });

  test('is empty in a directory that is missing', async () => {
    await using dir = await tempDirectory();
    expect(await new BackupDirectory(join(dir.path, 'missing')).inUse()).toEqual(new Set());
  });
});

/** A directory with archives, which nobody has to unpack. */
async function filled(names: readonly string[]) {
  const dir = await tempDirectory();
  for (const name of names) await writeFile(join(dir.path, name), 'x');
  return { ...dir, directory: new BackupDirectory(dir.path) };
}
