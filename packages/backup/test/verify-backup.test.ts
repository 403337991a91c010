import { execFileSync } from 'node:child_process';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemError } from '@tgstore/testkit';
import { expect, test, vi } from 'vitest';
import { codeOf } from './support/errors.ts';
import { whileGated } from './support/gate.ts';
import { tempStore } from './support/store.ts';
import { treeOf } from './support/tree.ts';

vi.mock('node:fs/promises', async (original) =>
  (await import('./support/gate.ts')).gated(await original<object>()),
);

test('verify reads it all, and notes when', async () => {
  await using temp = await tempStore();
  await temp.write({ 'a.json': 'content', 'b.json': '' });
  const { id, path, size, counts } = await temp.backups.createBackup({ tag: 'x' });
  temp.time += 5_000;
  const read: number[] = [];
  const verified = await temp.backups.verifyBackup(id, { onProgress: (bytes) => read.push(bytes) });
  expect(verified).toEqual({ id, path, size, counts });
  expect(read.at(-1)).toBe(size);
  const { backups } = await temp.backups.listBackups();
  expect(backups[0]).toMatchObject({ counts, verifiedAt: '2026-11-23T01:45:05.000Z' });
});

test('verify makes anew what stands beside an archive, and believes none of it', async () => {
  await using temp = await tempStore();
  await temp.write({ 'a.json': 'content' });
  const { id, counts } = await temp.backups.createBackup({ tag: 'x' });
  const sidecar = join(temp.backupDir, `${id}.manifest.json`);
  const text = await readFile(sidecar, 'utf8');
  for (const garbage of ['', 'garbage', text.replace('"files": 1', '"files": 2')]) {
    await writeFile(sidecar, garbage);
    expect((await temp.backups.verifyBackup('20261123')).counts).toEqual(counts);
    expect(await readFile(sidecar, 'utf8')).toBe(text);
  }
  await rm(sidecar);
  await temp.backups.verifyBackup(id);
  expect(await readFile(sidecar, 'utf8')).toBe(text);
});

test('the time and the tag are those in the archive, whatever it is called now', async () => {
  await using temp = await tempStore();
  const { path } = await temp.backups.createBackup({ tag: 'x' });
  execFileSync('mv', [path, join(temp.backupDir, '20200101T000000Z.tar.gz')]);
  await temp.backups.verifyBackup('20200101T000000Z');
  expect((await temp.backups.listBackups()).backups).toMatchObject([
    { id: '20200101T000000Z', createdAt: '2026-11-23T01:45:00Z', tag: 'x' },
  ]);
});

test('an archive that is not right is told, and nothing beside it is changed', async () => {
  await using temp = await tempStore();
  await temp.write({ 'a.json': 'content' });
  const { id, path } = await temp.backups.createBackup();
  const bytes = await readFile(path);
  bytes[40] = (bytes[40] ?? 0) ^ 1;
  await writeFile(path, bytes);
  const before = treeOf(temp.store);
  await expect(temp.backups.verifyBackup(id)).rejects.toMatchObject({
    code: 'BACKUP_DAMAGED',
    path,
    message: expect.stringContaining(path),
  });
  expect(treeOf(temp.store)).toEqual(before);
  expect((await readdir(temp.backupDir)).sort()).toEqual([`${id}.manifest.json`, `${id}.tar.gz`]);
});

test.each(['', '2025', 'notes'])('there is no backup %j', async (id) => {
  await using temp = await tempStore();
  await temp.backups.createBackup();
  expect(await codeOf(temp.backups.verifyBackup(id))).toBe('BACKUP_NOT_FOUND');
});

test('a signal stops it with its reason, and nothing is noted', async () => {
  await using temp = await tempStore();
  await temp.write({ 'a.json': 'content' });
  const { id } = await temp.backups.createBackup();
  temp.time += 5_000;
  const before = treeOf(temp.root);
  const controller = new AbortController();
  const onProgress = () => controller.abort(new Error('stop'));
  const verifying = temp.backups.verifyBackup(id, { signal: controller.signal, onProgress });
  await expect(verifying).rejects.toThrow('stop');
  expect(treeOf(temp.root)).toEqual(before);
});

test('an archive that goes while it is read is read to its end', async () => {
  await using temp = await tempStore();
  await temp.write({ 'a.json': 'content' });
  const { id, path, counts } = await temp.backups.createBackup();
  const onProgress = () => execFileSync('rm', ['-f', path]);
  expect((await temp.backups.verifyBackup(id, { onProgress })).counts).toEqual(counts);
});

test.each(['EPERM', 'EOPNOTSUPP', 'EMLINK', 'ENOSYS'])(
  'a disk without links (%s) is no obstacle',
  async (code) => {
    await using temp = await tempStore();
    const { id } = await temp.backups.createBackup();
    temp.time += 5_000;
    await whileGated(failing('link', code), () => temp.backups.verifyBackup(id));
    const { backups } = await temp.backups.listBackups();
    expect(backups[0]?.verifiedAt).toBe('2026-11-23T01:45:05.000Z');
  },
);

test('other failures of the link pass through', async () => {
  await using temp = await tempStore();
  const { id } = await temp.backups.createBackup();
  const verifying = whileGated(failing('link', 'EIO'), () => temp.backups.verifyBackup(id));
  await expect(verifying).rejects.toMatchObject({ code: 'EIO' });
});

test.each(['EROFS', 'EACCES'])(
  'a disk that can only be read (%s) is verified, and nothing is noted',
  async (code) => {
    await using temp = await tempStore();
    const { id, counts } = await temp.backups.createBackup();
    temp.time += 5_000;
    const before = treeOf(temp.root);
    const gate = (call: string, name: string) => {
      if (/^(link|rename)$/.test(name) || /^open <temporary>/.test(call)) throw systemError(code);
    };
    const verified = await whileGated(gate, () => temp.backups.verifyBackup(id));
    expect(verified.counts).toEqual(counts);
    expect(treeOf(temp.root)).toEqual(before);
  },
);

test('what else keeps it from noting that it verified is told', async () => {
  await using temp = await tempStore();
  const { id, path } = await temp.backups.createBackup();
  const verifying = whileGated(failing('rename', 'ENOSPC'), () => temp.backups.verifyBackup(id));
  await expect(verifying).rejects.toMatchObject({ code: 'ENOSPC' });
  expect((await stat(path)).nlink).toBe(1);
});

function failing(failingName: string, code: string) {
  return (_call: string, name: string) => {
    if (name === failingName) throw systemError(code);
  };
}
