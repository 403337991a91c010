import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BackupManager } from '@tgstore/backup';
import { EnhancedFileManager } from '@tgstore/core';
import { tempDirectory, writeSampleExport } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { hasPlainSyntax, runExample } from './support/run-example.ts';

const example = 'nightly-backups/nightly.mjs';
// made by age-keygen for this test
const recipient = 'age1awet940lynfnx6hyr9xjll5r057jwjp4yeh6ywl8lvs3f3myz3pqjauxtl';
const key = 'AGE-SECRET-KEY-1RG9DQYC359TE4S56Z84CM3PQY3RFVCDJWYH2TKFZ9A8DTMG6AAHSN6EY4L';
const otherKey = 'AGE-SECRET-KEY-18U04EW3DSLF990ZCFFF87NH3PF25D4SSJ4WF7SMYC98PSTSZL93QMR5NZR';

test('what is restored from a night is what the store holds, and only the key opens it', async () => {
  await using night = await prepare();
  const { status, stdout } = await night.run(key);
  expect([status, stdout]).toEqual([0, expect.stringMatching(/22 conversations, \d+ messages\n$/)]);

  const backups = new BackupManager({ storageDir: night.store, backupDir: night.backups });
  const [{ id = '', encrypted } = {}] = (await backups.listBackups()).backups;
  expect(encrypted).toBe(true);
  const to = join(night.path, 'restored');
  await expect(backups.restoreBackup(id, { to })).rejects.toThrow(
    expect.objectContaining({ code: 'BACKUP_NEEDS_KEY' }),
  );
  await expect(backups.restoreBackup(id, { to, identities: [otherKey] })).rejects.toThrow(
    expect.objectContaining({ code: 'BACKUP_WRONG_KEY' }),
  );
  await backups.restoreBackup(id, { to, identities: [key] });
  expect(await contents(to)).toEqual(await contents(night.store));
  expect((await contents(to)).size).toBe(22);
  // the trial has left nothing readable behind
  expect(
    (await readdir(join(night.path, 'tmp'))).filter((name) => !name.startsWith('tsx')),
  ).toEqual([]);
});

test('one backup of each of 7 days, 4 weeks and 12 months stays', async () => {
  await using night = await prepare();
  const today = Date.now();
  for (let days = 1; days <= 40; days += 1) {
    const now = (): number => today - days * 86_400_000;
    const past = new BackupManager({ storageDir: night.store, backupDir: night.backups, now });
    await past.createBackup();
  }
  const before = await night.ids();
  const { status, stdout } = await night.run(key);
  const after = await night.ids();

  expect([status, before.length]).toEqual([0, 40]);
  const [newest = ''] = after;
  const all = [newest, ...before];
  const keep = new Set([
    ...firsts(all, (date) => date.toISOString().slice(0, 10)).slice(0, 7),
    // weeks begin on Monday; day 0 of 1970 was a Thursday
    ...firsts(all, (date) => `${Math.floor((date.getTime() / 86_400_000 + 3) / 7)}`).slice(0, 4),
    ...firsts(all, (date) => date.toISOString().slice(0, 7)).slice(0, 12),
  ]);
  expect(after).toEqual(all.filter((id) => keep.has(id)));
  const removed = stdout.match(/^\S+(?= {2}removed$)/gm);
  expect(removed).toEqual(all.filter((id) => !keep.has(id)));
});

test('a wrong key is 13, and nothing is removed', async () => {
  await using night = await prepare();
  for (let days = 1; days <= 9; days += 1) {
    const now = (): number => Date.now() - days * 86_400_000 * 365;
    const past = new BackupManager({ storageDir: night.store, backupDir: night.backups, now });
    await past.createBackup();
  }
  const before = await night.ids();
  const { status, stderr } = await night.run(otherKey);
  expect([status, stderr]).toEqual([13, expect.stringMatching(/^BACKUP_WRONG_KEY/)]);
  expect((await night.ids()).slice(1)).toEqual(before);
});

test('a store with a broken conversation is 12, no store 1, wrong arguments 2', async () => {
  await using night = await prepare();
  const [name = ''] = (await readdir(night.store)).filter((entry) => entry.endsWith('.json'));
  await truncate(join(night.store, name), 100);
  const broken = await night.run(key);
  expect([broken.status, broken.stderr]).toEqual([12, expect.stringContaining(name)]);

  const elsewhere = [join(night.path, 'none'), night.backups];
  expect((await runExample(example, elsewhere, { env: night.env })).status).toBe(1);
  expect((await runExample(example, elsewhere)).status).toBe(2);
});

test('it runs on this Node without a loader', async () => {
  expect(await hasPlainSyntax(example)).toBe(true);
});

async function prepare() {
  const dir = await tempDirectory();
  const [store, backups] = [join(dir.path, 'chats'), join(dir.path, 'backups')];
  const keyFile = join(dir.path, 'key.txt');
  const env = {
    BACKUP_RECIPIENT: recipient,
    BACKUP_KEY_FILE: keyFile,
    TMPDIR: join(dir.path, 'tmp'),
  };
  await mkdir(env.TMPDIR);
  const { path } = await writeSampleExport(dir.path, { messages: 0 });
  await using manager = new EnhancedFileManager({ storageDir: store });
  await manager.importConversationsFromJson(path);
  return {
    path: dir.path,
    store,
    backups,
    env,
    /** Ids of the backups, newest first. */
    async ids() {
      const list = await new BackupManager({ storageDir: store, backupDir: backups }).listBackups();
      return list.backups.map(({ id }) => id);
    },
    async run(secret: string) {
      await writeFile(keyFile, `# made by age-keygen\n${secret}\n`);
      return await runExample(example, [store, backups], { env });
    },
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}

/** The first id of each period, in order. */
function firsts(ids: readonly string[], period: (date: Date) => string): string[] {
  const seen = new Map<string, string>();
  for (const id of ids) {
    const [, year, month, day] = id.match(/^(\d{4})(\d\d)(\d\d)T/) ?? [];
    const key = period(new Date(`${year}-${month}-${day}T00:00:00Z`));
    if (!seen.has(key)) seen.set(key, id);
  }
  return [...seen.values()];
}

async function contents(directory: string): Promise<Map<string, string>> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.json')).toSorted();
  const texts = names.map(
    async (name): Promise<[string, string]> => [
      name,
      await readFile(join(directory, name), 'utf8'),
    ],
  );
  return new Map(await Promise.all(texts));
}
