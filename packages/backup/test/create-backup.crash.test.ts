import { readdirSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import type { Backup } from '../src/index.ts';
import { asIfKilled } from './support/as-if-killed.ts';
import { killedAt } from './support/gate.ts';
import { tempStore } from './support/store.ts';
import { filesOf, leftOvers, treeOf } from './support/tree.ts';

vi.mock('node:fs/promises', async (original) =>
  (await import('./support/gate.ts')).gated(await original<object>()),
);

test('killed at any change of the disk, a backup is complete or not there', async () => {
  const seen: number[] = [];
  for (let n = 1; ; n++) {
    await using temp = await tempStore();
    await temp.write({ 'a.json': 'content', 'b.json': '', 'c.json': 'x'.repeat(300_000) });
    const before = treeOf(temp.store);
    const call = await killedAt(n, () => temp.backups.createBackup());
    if (call === undefined) break;

    expect(treeOf(temp.store), call).toEqual(before);
    const { backups, foreign } = await temp.backups.listBackups();
    expect(foreign, call).toEqual([]);
    seen.push(backups.length);
    for (const { id } of backups) await temp.backups.verifyBackup(id);

    // what was left is swept, and the next one is made as if nothing had been
    asIfKilled(temp.root);
    const { id } = await temp.backups.createBackup();
    expect(leftOvers(temp.root), call).toEqual([]);
    await temp.backups.verifyBackup(id);
    await temp.backups.pruneBackups({ keepLast: 1 });
    expect(readdirSync(temp.backupDir).sort(), call).toEqual([
      `${id}.manifest.json`,
      `${id}.tar.gz`,
    ]);
  }
  // kills fell on both sides of the instant in which it appears
  expect(seen.filter((count) => count === 0).length).toBeGreaterThan(5);
  expect(seen.filter((count) => count === 1).length).toBeGreaterThan(3);
});

test('an archive that was killed before anything stood beside it is kept, and can be verified', async () => {
  await using temp = await tempStore();
  await temp.write({ 'a.json': 'content' });
  let backups: Backup[] = [];
  for (let n = 1; backups.length === 0; n++) {
    await killedAt(n, () => temp.backups.createBackup());
    asIfKilled(temp.root);
    ({ backups } = await temp.backups.listBackups());
  }
  expect(backups).toMatchObject([{ counts: undefined, verifiedAt: undefined }]);
  await temp.backups.pruneBackups({ keepLast: 0 });
  const id = backups[0]?.id ?? '';
  await temp.backups.verifyBackup(id);
  expect((await temp.backups.listBackups()).backups).toMatchObject([
    { id, counts: { files: 1 }, verifiedAt: '2026-11-23T01:45:00.000Z' },
  ]);
  await temp.backups.restoreBackup(id);
  expect(filesOf(temp.store)).toEqual({ 'a.json': 'content' });
});
