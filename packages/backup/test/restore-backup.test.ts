import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { announceSeed, createRandom, systemError, tempDirectory } from '@tgstore/testkit';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  type BackupContents,
  BackupManager,
  directoryContents,
  type RestoredItem,
} from '../src/index.ts';
import { codeOf } from './support/errors.ts';
import { callsOf, whileGated } from './support/gate.ts';
import { IDENTITY, RECIPIENT } from './support/keys.ts';
import { type TempStore, tempStore } from './support/store.ts';
import { unpacked } from './support/tar.ts';
import { filesOf, leftOvers, treeOf } from './support/tree.ts';

const disk = vi.hoisted(() => ({ free: undefined as bigint | undefined }));

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const statfs = async (path: string) => {
    const found = await real.statfs(path);
    return disk.free === undefined ? found : { ...found, bavail: Number(disk.free), bsize: 1 };
  };
  return (await import('./support/gate.ts')).gated({ ...real, statfs });
});

afterEach(() => {
  disk.free = undefined;
});

/** Of the backup that {@link changed} makes. */
const ID = '20261123T014500Z';
const OLD = { 'a.json': 'old a', 'b.json': 'old b', 'c.json': 'the same' };
const NEW = { 'a.json': 'new a', 'b.json': 'new b', 'c.json': 'the same', 'd.json': 'later' };

describe('without overwrite', () => {
  test('what is there already stays, and that is said', async () => {
    await using temp = await changed();
    execFileSync('rm', [join(temp.store, 'b.json')]);
    const told: RestoredItem[] = [];
    const result = await temp.backups.restoreBackup(ID, { onFile: (item) => told.push(item) });
    expect(result).toEqual({
      id: ID,
      items: items({ 'a.json': 'existing', 'b.json': 'restored', 'c.json': 'unchanged' }),
      preRestore: undefined,
    });
    expect(told).toEqual(result.items);
    expect(filesOf(temp.store)).toEqual({ ...NEW, 'b.json': 'old b' });
    expect((await temp.backups.listBackups()).backups).toHaveLength(1);
  });

  test('into an empty store all comes back, and can be read by its owner only', async () => {
    await using temp = await changed();
    execFileSync('rm', ['-r', temp.store]);
    const { items: all } = await temp.backups.restoreBackup(ID);
    expect(all.map(({ result }) => result)).toEqual(['restored', 'restored', 'restored']);
    expect(filesOf(temp.store)).toEqual(OLD);
    expect((await stat(join(temp.store, 'a.json'))).mode & 0o777).toBe(0o600);
    expect(await readdir(temp.store)).toEqual(Object.keys(OLD));
  });
});

describe('with overwrite', () => {
  test('what differs is replaced, and kept in a backup of its own', async () => {
    await using temp = await changed();
    const { items: all, preRestore } = await temp.backups.restoreBackup(ID, {
      overwrite: true,
    });
    expect(all).toEqual(
      items({ 'a.json': 'replaced', 'b.json': 'replaced', 'c.json': 'unchanged' }),
    );
    // what is not in the archive stays
    expect(filesOf(temp.store)).toEqual({ ...OLD, 'd.json': 'later' });
    expect(preRestore).toMatchObject({
      id: '20261123T014501Z_pre-restore',
      counts: { files: 2, bytes: 10, messages: 0 },
    });
    const { backups } = await temp.backups.listBackups();
    expect(backups[0]).toMatchObject({ tag: 'pre-restore', path: preRestore?.path });
    expect(backups[0]?.verifiedAt).toBeDefined();
    expect(await contentOf(temp, preRestore?.id)).toEqual({
      'a.json': 'new a',
      'b.json': 'new b',
    });
    expect(await readdir(temp.store)).toEqual(Object.keys(NEW));
  });

  test('it can be undone by restoring what it kept', async () => {
    await using temp = await changed();
    const { preRestore } = await temp.backups.restoreBackup(ID, { overwrite: true });
    await temp.backups.restoreBackup(preRestore?.id ?? '', { overwrite: true });
    expect(filesOf(temp.store)).toEqual(NEW);
  });

  test('what is the same is not touched', async () => {
    await using temp = await changed();
    await chmod(join(temp.store, 'c.json'), 0o640);
    const before = treeOf(temp.store).filter((line) => /^[cd]\.json/.test(line));
    await temp.backups.restoreBackup(ID, { overwrite: true });
    expect(treeOf(temp.store).filter((line) => /^[cd]\.json/.test(line))).toEqual(before);
  });

  test('where nothing differs nothing is kept, and nothing is made', async () => {
    await using temp = await changed();
    await temp.write(OLD);
    const before = treeOf(temp.store);
    const { preRestore } = await temp.backups.restoreBackup(ID, { overwrite: true });
    expect(preRestore).toBeUndefined();
    expect(treeOf(temp.store)).toEqual(before);
    expect((await temp.backups.listBackups()).backups).toHaveLength(1);
  });

  test('what it kept is encrypted for whom one says', { timeout: 30_000 }, async () => {
    await using temp = await changed();
    const { preRestore } = await temp.backups.restoreBackup(ID, {
      overwrite: true,
      encryptFor: { recipients: [RECIPIENT] },
    });
    expect(preRestore?.path.endsWith('_pre-restore.tar.gz.age')).toBe(true);
    const to = join(temp.root, 'elsewhere');
    const identities = [IDENTITY];
    await temp.backups.restoreBackup(preRestore?.id ?? '', { to, identities });
    expect(filesOf(to)).toEqual({ 'a.json': 'new a', 'b.json': 'new b' });
  });

  test('the old file has a second, synced name before the new one replaces it', async () => {
    await using temp = await changed();
    const calls = await callsOf(() =>
      temp.backups.restoreBackup(ID, { overwrite: true, only: ['a.json'] }),
    );
    const from = calls.indexOf('link a.json a.json');
    const opened = calls.indexOf('open replaced r', from);
    const renamed = calls.indexOf('rename <temporary> a.json');
    expect(from).toBeGreaterThan(0);
    expect(calls.slice(opened, opened + 2)).toEqual(['open replaced r', 'handle.sync']);
    expect(opened).toBeLessThan(renamed);
    // what comes in its place was synced before
    const unpacked = calls.lastIndexOf('handle.sync', from);
    expect(unpacked).toBeGreaterThan(calls.indexOf('handle.write'));
    // the store is synced after it, and the second name goes when the archive has its own
    const archived = calls.findIndex((call) => /^link <temporary> .*_pre-restore/.test(call));
    expect(calls.slice(renamed, renamed + 3)).toEqual([
      'rename <temporary> a.json',
      'open store r',
      'handle.sync',
    ]);
    expect(archived).toBeGreaterThan(renamed);
    expect(calls.indexOf('unlink a.json')).toBeGreaterThan(archived);
  });

  test('where what it replaces can not be archived, that stays aside, and is archived next time', async () => {
    await using temp = await changed();
    const gate = (call: string) => {
      if (/^link <temporary> .*_pre-restore/.test(call)) throw systemError('ENOSPC');
    };
    const restoring = whileGated(gate, () => temp.backups.restoreBackup(ID, { overwrite: true }));
    await expect(restoring).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(leftOvers(temp.root)).toEqual([]);
    expect(filesOf(join(temp.store, '.restore', 'replaced'))).toEqual({
      'a.json': 'new a',
      'b.json': 'new b',
    });
    const { preRestore, items: all } = await temp.backups.restoreBackup(ID, {
      overwrite: true,
    });
    expect(all.every(({ result }) => result === 'unchanged')).toBe(true);
    expect(await contentOf(temp, preRestore?.id)).toEqual({
      'a.json': 'new a',
      'b.json': 'new b',
    });
    expect(await readdir(temp.store)).toEqual(Object.keys(NEW));
  });

  test('where the old file can not be put aside it is not replaced', async () => {
    await using temp = await changed();
    for (const code of ['EPERM', 'EIO', 'EXDEV']) {
      const gate = (call: string) => {
        if (call === 'link a.json a.json') throw systemError(code);
      };
      const restoring = whileGated(gate, () => temp.backups.restoreBackup(ID, { overwrite: true }));
      await expect(restoring).rejects.toMatchObject({ code });
      expect(filesOf(temp.store)).toEqual(NEW);
      expect(await readdir(temp.store)).toEqual(Object.keys(NEW));
    }
  });
});

describe('only', () => {
  test('restores chosen files, by name', async () => {
    await using temp = await changed();
    const options = { overwrite: true, only: ['b.json', 'c.json'] };
    const result = await temp.backups.restoreBackup(ID, options);
    expect(result.items).toEqual(items({ 'b.json': 'replaced', 'c.json': 'unchanged' }));
    expect(result.preRestore?.counts.files).toBe(1);
    expect(filesOf(temp.store)).toEqual({ ...NEW, 'b.json': 'old b' });
  });

  test('restores chosen files by id, in the order of the archive, and each once', async () => {
    await using temp = await tempStore({ contentsOf: contentsWithIds });
    await temp.write(OLD);
    await temp.backups.createBackup();
    await temp.write(NEW);
    const only = ['id of b.json', 'a.json', 'id of a.json', 'b.json'];
    const result = await temp.backups.restoreBackup(ID, { overwrite: true, only });
    expect(result.items).toEqual([
      { name: 'a.json', id: 'id of a.json', result: 'replaced' },
      { name: 'b.json', id: 'id of b.json', result: 'replaced' },
    ]);
  });

  test('restores nothing where one of them is not in the archive', async () => {
    await using temp = await changed();
    const before = treeOf(temp.root);
    for (const only of [['d.json'], ['a.json', 'nobody'], [''], ['__proto__']]) {
      const restoring = temp.backups.restoreBackup(ID, { overwrite: true, only });
      expect(await codeOf(restoring)).toBe('BACKUP_NOT_FOUND');
    }
    expect(treeOf(temp.root)).toEqual(before);
  });

  test('what is not chosen is not unpacked', async () => {
    await using temp = await changed();
    const to = join(temp.root, 'elsewhere');
    const opened = async (only?: string[]) => {
      const calls = await callsOf(() => temp.backups.restoreBackup(ID, { to, only }));
      return calls.filter((call) => call === 'open <temporary> wx').length;
    };
    expect((await opened()) - (await opened(['a.json']))).toBe(2);
  });

  test('of nothing restores nothing', async () => {
    await using temp = await changed();
    const result = await temp.backups.restoreBackup(ID, { overwrite: true, only: [] });
    expect(result.items).toEqual([]);
    expect(filesOf(temp.store)).toEqual(NEW);
  });
});

describe('to', () => {
  test('restores elsewhere, makes that, and leaves the store alone', async () => {
    await using temp = await changed();
    const before = treeOf(temp.store);
    const to = join(temp.root, 'some', 'where');
    await temp.backups.restoreBackup(ID, { to, overwrite: true });
    expect(filesOf(to)).toEqual(OLD);
    expect(await readdir(to)).toEqual(Object.keys(OLD));
    expect((await stat(to)).mode & 0o777).toBe(0o700);
    expect(treeOf(temp.store)).toEqual(before);
  });

  test('keeps what it replaces there beside the other backups', async () => {
    await using temp = await changed();
    const to = join(temp.root, 'elsewhere');
    await mkdir(to);
    await writeFile(join(to, 'a.json'), 'theirs');
    const { preRestore } = await temp.backups.restoreBackup(ID, { to, overwrite: true });
    expect(preRestore?.path.startsWith(temp.backupDir)).toBe(true);
    expect(await contentOf(temp, preRestore?.id)).toEqual({ 'a.json': 'theirs' });
  });

  test('a file in its way is an error, and stays', async () => {
    await using temp = await changed();
    const to = join(temp.root, 'file');
    await writeFile(to, 'mine');
    await expect(temp.backups.restoreBackup(ID, { to })).rejects.toMatchObject({
      code: expect.stringMatching(/EEXIST|ENOTDIR/),
    });
    expect(await readFile(to, 'utf8')).toBe('mine');
  });
});

describe('a dry run', () => {
  test('says what would happen, and changes nothing', async () => {
    await using temp = await changed();
    execFileSync('rm', [join(temp.store, 'b.json')]);
    const before = treeOf(temp.root);
    const expected = { 'b.json': 'restored', 'c.json': 'unchanged' } as const;
    for (const overwrite of [false, true]) {
      const result = await temp.backups.restoreBackup(ID, { overwrite, dryRun: true });
      const all = { 'a.json': overwrite ? 'replaced' : 'existing', ...expected } as const;
      expect(result).toEqual({ id: ID, items: items(all), preRestore: undefined });
      expect(treeOf(temp.root)).toEqual(before);
    }
    const real = await temp.backups.restoreBackup(ID, { overwrite: true });
    expect(real.items).toEqual(items({ 'a.json': 'replaced', ...expected }));
  });

  test('of a directory that is missing does not make it', async () => {
    await using temp = await changed();
    const to = join(temp.root, 'elsewhere');
    const { items: all } = await temp.backups.restoreBackup(ID, { to, dryRun: true });
    expect(all.map(({ result }) => result)).toEqual(['restored', 'restored', 'restored']);
    expect(await readdir(temp.root)).not.toContain('elsewhere');
  });
});

describe('space', () => {
  test('what does not fit on the disk is refused, and nothing is changed', async () => {
    await using temp = await changed();
    const before = treeOf(temp.root);
    const needed = Object.values(OLD).join('').length;
    disk.free = BigInt(needed - 1);
    const restoring = temp.backups.restoreBackup(ID, { overwrite: true });
    await expect(restoring).rejects.toMatchObject({
      code: 'BACKUP_NO_SPACE',
      path: temp.store,
      message: expect.stringContaining(`${needed} bytes`),
    });
    expect(treeOf(temp.root)).toEqual(before);
    disk.free = BigInt(needed);
    await temp.backups.restoreBackup(ID, { overwrite: true });
    expect(filesOf(temp.store)).toEqual({ ...OLD, 'd.json': 'later' });
  });

  test('only what is chosen has to fit', async () => {
    await using temp = await changed();
    disk.free = 5n;
    await temp.backups.restoreBackup(ID, { overwrite: true, only: ['a.json'] });
    const two = { overwrite: true, only: ['a.json', 'b.json'] };
    expect(await codeOf(temp.backups.restoreBackup(ID, two))).toBe('BACKUP_NO_SPACE');
  });
});

describe('interrupted', () => {
  test('by a signal after any file it can be run again, and ends the same', async () => {
    for (const at of [0, 1, 2]) {
      await using temp = await changed();
      const controller = new AbortController();
      let count = 0;
      const onFile = () => {
        if (count++ === at) controller.abort(new Error('stop'));
      };
      const { signal } = controller;
      const stopped = temp.backups.restoreBackup(ID, { overwrite: true, signal, onFile });
      if (at < 2) await expect(stopped).rejects.toThrow('stop');
      // the last file is in its place: there is nothing left to stop
      else await stopped;
      expect(leftOvers(temp.root)).toEqual([]);
      await temp.backups.restoreBackup(ID, { overwrite: true });
      expect(filesOf(temp.store)).toEqual({ ...OLD, 'd.json': 'later' });
      expect(await readdir(temp.store)).toEqual(Object.keys(NEW));
      expect(await everReplaced(temp)).toEqual(new Set(['new a', 'new b']));
    }
  });

  test('by a signal while it is read or unpacked nothing is changed', async () => {
    await using temp = await changed();
    await temp.write({ 'z.json': 'x'.repeat(3_000_000) });
    temp.time += 60_000;
    const { id } = await temp.backups.createBackup();
    await temp.write({ 'a.json': 'newer' });
    const before = treeOf(temp.store);
    const random = createRandom(announceSeed());
    // wherever it stops: before, within and after both readings
    for (let at = 1; ; at += random.int(1, 4)) {
      const controller = new AbortController();
      let count = 0;
      let isPutting = false;
      const gate = (call: string) => {
        isPutting ||= call === 'link a.json a.json';
        if (!isPutting && ++count === at) controller.abort(new Error('stop'));
      };
      const options = { overwrite: true, signal: controller.signal };
      const error = await whileGated(gate, () => temp.backups.restoreBackup(id, options)).then(
        () => undefined,
        (thrown: Error) => thrown,
      );
      if (isPutting) break;
      expect(error?.message).toBe('stop');
      expect(treeOf(temp.store)).toEqual(before);
      expect(leftOvers(temp.root)).toEqual([]);
    }
  });

  test('a failure while it is unpacked changes nothing, and leaves nothing', async () => {
    await using temp = await changed();
    const before = treeOf(temp.root);
    for (const failing of ['handle.write', 'handle.sync', 'handle.close']) {
      for (const n of [1, 2, 3]) {
        let hasBegun = false;
        let count = 0;
        const gate = (call: string, name: string) => {
          hasBegun ||= call === 'statfs .restore';
          if (hasBegun && name === failing && ++count === n) throw systemError('ENOSPC');
        };
        const restoring = whileGated(gate, () =>
          temp.backups.restoreBackup(ID, { overwrite: true }),
        );
        await expect(restoring).rejects.toMatchObject({ code: 'ENOSPC' });
        expect(treeOf(temp.root)).toEqual(before);
      }
    }
  });

  test('what an earlier restore put aside is archived first, also without overwrite', async () => {
    await using temp = await changed();
    const aside = join(temp.store, '.restore', 'replaced');
    await mkdir(aside, { recursive: true });
    await writeFile(join(aside, 'a.json'), 'older still');
    const { preRestore } = await temp.backups.restoreBackup(ID);
    expect(await contentOf(temp, preRestore?.id)).toEqual({ 'a.json': 'older still' });
    expect(await readdir(temp.store)).toEqual(Object.keys(NEW));
  });
});

describe('what was put aside', () => {
  test('by an earlier restore is archived before anything else is done', async () => {
    await using temp = await changed();
    const aside = join(temp.store, '.restore', 'replaced');
    await mkdir(aside, { recursive: true });
    await writeFile(join(aside, 'z.json'), 'older still');
    const gate = (call: string) => {
      if (call === 'link a.json a.json') throw systemError('EIO');
    };
    const restoring = whileGated(gate, () => temp.backups.restoreBackup(ID, { overwrite: true }));
    await expect(restoring).rejects.toMatchObject({ code: 'EIO' });
    expect(await everReplaced(temp)).toEqual(new Set(['older still']));
  });

  test('and replaced by another restore while it is archived is kept too', async () => {
    await using temp = await changed();
    const aside = join(temp.store, '.restore', 'replaced', 'a.json');
    const gate = (call: string) => {
      if (!/^link <temporary> .*_pre-restore\.tar\.gz/.test(call)) return;
      execFileSync('rm', [aside]);
      execFileSync('cp', [join(temp.store, 'd.json'), aside]);
    };
    await whileGated(gate, () => temp.backups.restoreBackup(ID, { overwrite: true }));
    expect(filesOf(join(temp.store, '.restore', 'replaced'))).toEqual({ 'a.json': 'later' });
    await temp.backups.restoreBackup(ID, { overwrite: true });
    expect(await everReplaced(temp)).toEqual(new Set(['new a', 'new b', 'later']));
    expect(await readdir(temp.store)).toEqual(Object.keys(NEW));
  });

  test('stays there where contents do not hand it over to be archived', async () => {
    const contentsOf = (directory: string): BackupContents => ({
      ...directoryContents(directory),
      async *snapshots() {
        for await (const snapshot of directoryContents(directory).snapshots()) {
          if (snapshot.name === 'b.json' && directory.endsWith('replaced')) {
            await snapshot[Symbol.asyncDispose]();
          } else yield snapshot;
        }
      },
    });
    await using temp = await tempStore({ contentsOf });
    await temp.write(OLD);
    await temp.backups.createBackup();
    await temp.write(NEW);
    await temp.backups.restoreBackup(ID, { overwrite: true });
    expect(filesOf(join(temp.store, '.restore', 'replaced'))).toEqual({ 'b.json': 'new b' });
    expect(await everReplaced(temp)).toEqual(new Set(['new a']));
  });
});

describe('several at once', () => {
  test('of one archive end as one, and nothing that is replaced is lost', async () => {
    for (let round = 0; round < 8; round++) {
      await using temp = await changed();
      const restores = [1, 2, 3].map(() => temp.backups.restoreBackup(ID, { overwrite: true }));
      const results = await Promise.all(restores);
      for (const { items: all } of results) expect(all).toHaveLength(3);
      expect(filesOf(temp.store)).toEqual({ ...OLD, 'd.json': 'later' });
      expect(leftOvers(temp.root)).toEqual([]);
      expect(await readdir(temp.store)).toEqual(Object.keys(NEW));
      const replaced = await everReplaced(temp);
      for (const content of ['new a', 'new b']) expect(replaced).toContain(content);
    }
  });

  test('of two archives end as one of them did, file by file, and nothing is lost', async () => {
    for (let round = 0; round < 8; round++) {
      await using temp = await changed();
      temp.time += 60_000;
      const second = await temp.backups.createBackup();
      await temp.write({ 'a.json': 'newest a', 'b.json': 'newest b' });
      await Promise.all(
        [ID, second.id].map((id) => temp.backups.restoreBackup(id, { overwrite: true })),
      );
      for (const letter of ['a', 'b']) {
        expect([`old ${letter}`, `new ${letter}`]).toContain(filesOf(temp.store)[`${letter}.json`]);
      }
      expect(leftOvers(temp.root)).toEqual([]);
      const replaced = await everReplaced(temp);
      for (const content of ['newest a', 'newest b']) expect(replaced).toContain(content);
    }
  });
});

describe('what stands in the way', () => {
  test('a file that contents do not accept is refused before anything is changed', async () => {
    await using temp = await changed();
    const picky = new BackupManager({
      storageDir: temp.store,
      backupDir: temp.backupDir,
      contentsOf: (directory) => ({
        ...directoryContents(directory),
        accepts: (name) => name !== 'b.json',
      }),
    });
    const before = treeOf(temp.root);
    for (const options of [{ overwrite: true }, { dryRun: true }]) {
      expect(await codeOf(picky.restoreBackup(ID, options))).toBe('BACKUP_UNSAFE');
    }
    expect(treeOf(temp.root)).toEqual(before);
    await picky.restoreBackup(ID, { overwrite: true, only: ['a.json'] });
    expect(filesOf(temp.store)).toEqual({ ...NEW, 'a.json': 'old a' });
  });

  test('a symbolic link in the place of a file is replaced, not followed', async () => {
    await using temp = await changed();
    const victim = join(temp.root, 'victim');
    await writeFile(victim, 'mine');
    execFileSync('rm', [join(temp.store, 'a.json')]);
    await symlink(victim, join(temp.store, 'a.json'));
    await temp.backups.restoreBackup(ID, { overwrite: true });
    expect(await readFile(victim, 'utf8')).toBe('mine');
    expect(filesOf(temp.store)['a.json']).toBe('old a');
  });

  test('a directory in the place of a file is an error, and stays', async () => {
    await using temp = await changed();
    execFileSync('rm', [join(temp.store, 'a.json')]);
    mkdirSync(join(temp.store, 'a.json'));
    const restoring = temp.backups.restoreBackup(ID, { overwrite: true });
    await expect(restoring).rejects.toMatchObject({ code: 'EISDIR' });
    expect((await stat(join(temp.store, 'a.json'))).isDirectory()).toBe(true);
    expect(leftOvers(temp.root)).toEqual([]);
  });

  test('an archive that is replaced while it is read is noticed', async () => {
    await using temp = await changed();
    const { path } = (await temp.backups.listBackups()).backups[0] ?? { path: '' };
    await temp.write({ 'a.json': 'other' });
    temp.time += 60_000;
    const other = await temp.backups.createBackup();
    const before = treeOf(temp.store);
    let isReplaced = false;
    const gate = (call: string) => {
      // between the two readings; in its place, so that its second name has it too
      if (call !== 'statfs .restore') return;
      isReplaced = true;
      execFileSync('cp', [other.path, path]);
    };
    const restoring = whileGated(gate, () => temp.backups.restoreBackup(ID, { overwrite: true }));
    expect(await codeOf(restoring)).toBe('BACKUP_DAMAGED');
    expect(isReplaced).toBe(true);
    expect(treeOf(temp.store)).toEqual(before);
  });
});

test('the archive may be removed while it is restored', async () => {
  await using temp = await changed();
  const { path } = (await temp.backups.listBackups()).backups[0] ?? { path: '' };
  const gate = (call: string) => {
    if (call === 'statfs .restore') renameSync(path, join(temp.root, 'elsewhere'));
  };
  await whileGated(gate, () => temp.backups.restoreBackup(ID, { overwrite: true }));
  expect(filesOf(temp.store)).toEqual({ ...OLD, 'd.json': 'later' });
});

test('there is no backup of this id, or several begin so', async () => {
  await using temp = await changed();
  await temp.backups.createBackup();
  expect(await codeOf(temp.backups.restoreBackup('2025'))).toBe('BACKUP_NOT_FOUND');
  expect(await codeOf(temp.backups.restoreBackup('2026'))).toBe('BACKUP_AMBIGUOUS');
});

test('hundreds of files come back', async () => {
  await using dir = await tempDirectory();
  await using temp = await tempStore();
  const files = Object.fromEntries(
    Array.from({ length: 300 }, (_, index) => [`${index}.json`, `content of ${index}`]),
  );
  await temp.write(files);
  const { id } = await temp.backups.createBackup();
  await temp.backups.restoreBackup(id, { to: dir.path });
  expect(filesOf(dir.path)).toEqual(files);
});

/** A store that was backed up, and changed since. */
async function changed(): Promise<TempStore> {
  const temp = await tempStore();
  await temp.write(OLD);
  await temp.backups.createBackup();
  await temp.write(NEW);
  return temp;
}

function items(results: Readonly<Record<string, RestoredItem['result']>>): RestoredItem[] {
  return Object.entries(results).map(([name, result]) => ({ name, id: undefined, result }));
}

function contentsWithIds(directory: string): BackupContents {
  const contents = directoryContents(directory);
  return {
    ...contents,
    async *snapshots() {
      for await (const snapshot of contents.snapshots()) {
        yield { ...snapshot, facts: { id: `id of ${snapshot.name}` } };
      }
    },
  };
}

async function contentOf({ backupDir }: TempStore, id = ''): Promise<Record<string, string>> {
  return unpacked(await readFile(join(backupDir, `${id}.tar.gz`)));
}

/** The contents in all backups that restores made. */
async function everReplaced(temp: TempStore): Promise<Set<string>> {
  const contents = new Set<string>();
  for (const { id, tag } of (await temp.backups.listBackups()).backups) {
    if (tag !== 'pre-restore') continue;
    await temp.backups.verifyBackup(id);
    for (const content of Object.values(await contentOf(temp, id))) contents.add(content);
  }
  return contents;
}
