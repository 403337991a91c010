import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { link, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { deserializeConversation } from '@tgstore/schema';
import { startTypeScript, tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { EnhancedFileManager } from '../src/index.ts';
import { lockConversations } from '../src/lock-conversations.ts';
import { openBackups } from '../src/open-backups.ts';
import { conversation, message, messages } from './support/conversations.ts';
import { conversationFiles, recordsOf, tempStore } from './support/store.ts';

const ROUNDS = 15;

async function tempFilledStore() {
  const store = await tempStore();
  await store.files.saveConversation(conversation('1', messages(3)));
  await store.files.saveConversation(conversation('-100', messages(2)));
  await store.files.markAsProcessed('-100');
  return { ...store, backups: openBackups({ storageDir: store.path }) };
}

test('a backup says of each conversation its id, status, messages and revision', async () => {
  await using store = await tempFilledStore();
  const { id, counts } = await store.backups.createBackup({ tag: 'test' });
  expect(counts).toMatchObject({ files: 2, messages: 5 });
  const sidecar = await readFile(join(store.path, 'backups', `${id}.manifest.json`), 'utf8');
  const revision = async (chat: string) => (await store.files.readMetadata(chat)).revision_id;
  expect(JSON.parse(sidecar).files).toMatchObject([
    {
      name: '-100_processed.json',
      id: '-100',
      status: 'processed',
      messages: 2,
      revision_id: await revision('-100'),
    },
    {
      name: '1_unprocessed.json',
      id: '1',
      status: 'unprocessed',
      messages: 3,
      revision_id: await revision('1'),
    },
  ]);
});

test('a restore brings back content and status, under whichever name it stands now', async () => {
  await using store = await tempFilledStore();
  const before = await store.files.loadConversation('-100');
  const { id } = await store.backups.createBackup({ tag: 'test' });
  await store.files.saveConversation(conversation('-100', [message(9)]), { force: true });
  await store.files.markAsProcessed('1');
  await store.files.deleteConversation('1');
  const skipping = await store.backups.restoreBackup(id);
  expect(skipping.items.map(({ id, result }) => [id, result])).toEqual([
    ['-100', 'existing'],
    ['1', 'restored'],
  ]);
  expect((await store.files.loadConversation('-100')).messages.size).toBe(1);
  const result = await store.backups.restoreBackup(id, { overwrite: true });
  expect(result.items.map(({ result }) => result)).toEqual(['replaced', 'unchanged']);
  expect(await store.files.loadConversation('-100')).toEqual(before);
  expect(await conversationFiles(store.path)).toEqual([
    '-100_processed.json',
    '1_unprocessed.json',
  ]);
  await using aside = await tempDirectory();
  execFileSync('tar', ['-xzf', result.preRestore?.path ?? '', '-C', aside.path]);
  const replaced = await readFile(join(aside.path, '-100_unprocessed.json'), 'utf8');
  expect([...deserializeConversation(replaced).messages.keys()]).toEqual(['9']);
});

test('where only the status differs it is renamed, and nothing need be kept', async () => {
  await using store = await tempFilledStore();
  const { id } = await store.backups.createBackup({ tag: 'test' });
  await store.files.markAsUnprocessed('-100');
  const { ino } = await stat(join(store.path, '-100_unprocessed.json'));
  const result = await store.backups.restoreBackup(id, { overwrite: true, only: ['-100'] });
  expect(result).toMatchObject({ items: [{ result: 'replaced' }], preRestore: undefined });
  expect((await stat(join(store.path, '-100_processed.json'))).ino).toBe(ino);
});

test('a restore counts as a change of everything, and as processed what was so', async () => {
  await using store = await tempFilledStore();
  const { enhanced } = store;
  const { id } = await store.backups.createBackup({ tag: 'test' });
  for (const chat of ['1', '-100']) {
    await enhanced.appendMessages(chat, [message(9)]);
    await enhanced.markAsProcessed(chat);
  }
  await store.backups.restoreBackup(id, { overwrite: true });
  expect(await enhanced.listConversations({ processed: true })).toEqual(['-100']);
  const records = await recordsOf(store.path);
  for (const chat of ['1', '-100']) {
    const { revision, revision_id } = await enhanced.readMetadata(chat);
    expect(revision).toBe(1);
    const log = (records[`changes/${chat}.jsonl`] ?? '').trimEnd().split('\n');
    expect(JSON.parse(log.at(-1) ?? '')).toMatchObject({
      revision,
      revision_id,
      operation: 'restore',
      everything: true,
      previous: { revision: 2 },
    });
    expect((await enhanced.changes(chat, { sinceRevision: 2 })).everything).toBe(true);
    const { processed } = JSON.parse(records[`state/${chat}.json`] ?? '');
    expect(processed?.revision_id).toBe(chat === '1' ? undefined : revision_id);
  }
  // what comes then to the processed one is told alone, to the other everything
  await enhanced.appendMessages('-100', [message(20)]);
  const told: unknown[] = [];
  await enhanced.processAllUnprocessed(async (given, { changes }) => {
    told.push([given.id, changes.everything, changes.added]);
  });
  expect(told.sort()).toEqual([
    ['-100', false, [{ first: '20', last: '20' }]],
    ['1', true, []],
  ]);
});

test('a restore waits for who has the conversation, and gives up with nothing changed', async () => {
  await using store = await tempFilledStore();
  const { id } = await store.backups.createBackup({ tag: 'test' });
  await store.files.saveConversation(conversation('1', [message(9)]), { force: true });
  const impatient = openBackups({ storageDir: store.path, timeoutMs: 20 });
  const restoring: Promise<unknown>[] = [];
  await lockConversations(store.path)('1', 'test', async () => {
    const child = startTypeScript(new URL('support/restore.ts', import.meta.url), {
      args: [store.path, id, '20'],
    });
    restoring.push(once(child, 'exit'));
    expect(await once(child.stdout ?? child, 'data')).toMatchObject([
      Buffer.from('LOCK_TIMEOUT\n'),
    ]);
    await restoring[0];
  });
  expect((await store.files.loadConversation('1')).messages.size).toBe(1);
  await impatient.restoreBackup(id, { overwrite: true });
  expect((await store.files.loadConversation('1')).messages.size).toBe(3);
  expect(await readdir(join(store.path, '.tgstore'))).toEqual(['changes', 'locks', 'store.json']);
});

test('what an interrupted restore put aside is archived before the next one begins', async () => {
  await using store = await tempFilledStore();
  const { id } = await store.backups.createBackup({ tag: 'test' });
  const aside = join(store.path, '.tgstore', 'restore', 'replaced');
  await mkdir(aside, { recursive: true });
  const path = join(store.path, '1_unprocessed.json');
  const content = await readFile(path, 'utf8');
  await link(path, join(aside, '1_unprocessed.json'));
  const { preRestore } = await store.backups.restoreBackup(id);
  expect(preRestore?.counts.files).toBe(1);
  await using unpacked = await tempDirectory();
  execFileSync('tar', ['-xzf', preRestore?.path ?? '', '-C', unpacked.path]);
  expect(await readFile(join(unpacked.path, '1_unprocessed.json'), 'utf8')).toBe(content);
  expect(await readdir(join(store.path, '.tgstore'))).not.toContain('restore');
});

test('an archive of other files is refused before anything changes', async () => {
  await using store = await tempFilledStore();
  await using other = await tempStore();
  await other.put('notes.txt', 'no conversation');
  const { BackupManager } = await import('@tgstore/backup');
  const backupDir = join(store.path, 'backups');
  const { id } = await new BackupManager({ storageDir: other.path, backupDir }).createBackup();
  await expect(store.backups.restoreBackup(id)).rejects.toMatchObject({ code: 'BACKUP_UNSAFE' });
  expect(await conversationFiles(store.path)).toEqual([
    '-100_processed.json',
    '1_unprocessed.json',
  ]);
  expect(await readdir(store.path)).not.toContain('notes.txt');
});

test(`in ${ROUNDS} backups beside a process that writes each conversation is whole and valid`, async () => {
  await using store = await tempFilledStore();
  const writer = startTypeScript(new URL('support/save-forever.ts', import.meta.url), {
    args: [store.path, 'busy'],
  });
  await once(writer.stdout ?? writer, 'data');
  const sizes = new Set<number>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const { id, path, counts } = await store.backups.createBackup({ tag: `round-${round}` });
    expect(counts.files).toBe(3);
    await using unpacked = await tempDirectory();
    execFileSync('tar', ['-xzf', path, '-C', unpacked.path]);
    const names = (await readdir(unpacked.path)).filter((name) => name.startsWith('busy'));
    expect(names, id).toHaveLength(1);
    const text = await readFile(join(unpacked.path, names[0] ?? ''), 'utf8');
    const { messages: saved, metadata } = deserializeConversation(text);
    expect(metadata.message_count).toBe(saved.size);
    sizes.add(saved.size);
  }
  writer.kill('SIGKILL');
  await once(writer, 'exit');
  // otherwise nothing was written meanwhile
  expect(sizes.size).toBeGreaterThan(1);
  // what the killed one left is swept at the first write of the next process
  await using next = new EnhancedFileManager({ storageDir: store.path });
  await next.saveConversation(conversation('last'));
});
