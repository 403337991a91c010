import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import {
  deserializeConversation,
  sampleConversation,
  serializeConversation,
  validateConversation,
} from '@tgstore/schema';
import { tempDirectory, typeScriptFlags } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { EnhancedFileManager, type EnhancedFileManagerOptions, FileManager } from '../src/index.ts';
import { collect } from './support/collect.ts';
import { conversation, message, messages } from './support/conversations.ts';
import { textOf } from './support/damages.ts';
import { conversationFiles, tempStore } from './support/store.ts';

// What was wrong in the Python module that this one replaces, and must not come back.

test.each([
  ['FileManager', (storageDir: string) => new FileManager({ storageDir })],
  ['EnhancedFileManager', (storageDir: string) => new EnhancedFileManager({ storageDir })],
])(
  'a processed conversation that is saved again has one file, and can be marked: %s',
  async (_name, open) => {
    await using store = await tempStore();
    const files = open(store.path);
    for (let count = 1; count <= 3; count += 1) {
      await files.saveConversation(conversation('1', messages(count)), { force: true });
      expect(await conversationFiles(store.path)).toEqual(['1_unprocessed.json']);
      await files.markAsProcessed('1');
      expect(await conversationFiles(store.path)).toEqual(['1_processed.json']);
    }
    expect(await files.getConversationStats()).toMatchObject({ processedCount: 1, totalCount: 1 });
  },
);

test('two files of one conversation, as the original leaves them, become one that can be marked', async () => {
  await using store = await tempStore();
  await store.put('1_processed.json', textOf('1', messages([1, 2])));
  await store.put('1_unprocessed.json', textOf('1', messages([2, 3])));
  await using files = new EnhancedFileManager({ storageDir: store.path });
  await files.markAsProcessed('1');
  expect(await conversationFiles(store.path)).toEqual(['1_processed.json']);
  expect([...(await files.loadConversation('1')).messages.keys()]).toEqual(['1', '2', '3']);
});

const THREADS = 4;
const EACH = 6;

test(`an exclusive lock admits one of ${THREADS} threads: all messages of all are there`, async () => {
  await using store = await tempStore();
  await store.files.saveConversation(conversation('1', []));
  const threads = Array.from({ length: THREADS }, async (_, index) => {
    const data = { storageDir: store.path, id: '1', first: 1 + index * EACH, count: EACH };
    const [status] = await once(startThread('append-in-thread.ts', data), 'exit');
    expect(status).toBe(0);
  });
  await Promise.all(threads);
  const stored = await store.files.loadConversation('1');
  expect([...stored.messages.keys()]).toEqual(messages(THREADS * EACH).map(({ id }) => String(id)));
  // each of them was a change of its own
  expect(stored.metadata.revision).toBe(1 + THREADS * EACH);
});

/** The flags of a process do not make Node 20 load TypeScript in its threads. */
function startThread(name: string, workerData: object): Worker {
  const file = new URL(`support/${name}`, import.meta.url).href;
  const code = `
    require('node:module').register(${JSON.stringify(typeScriptFlags[1])}, { data: true });
    import(${JSON.stringify(file)});
  `;
  return new Worker(code, { eval: true, execArgv: ['--conditions=@tgstore/source'], workerData });
}

const STARTS = 12;

test(`${STARTS} starts within a day make one backup; those made by hand are never pruned`, async () => {
  await using store = await tempStore();
  await store.files.saveConversation(conversation('1'));
  const options = { storageDir: store.path, backupEnabled: true, maxBackups: 2 };
  for (let start = 1; start <= STARTS; start += 1) {
    await using files = new EnhancedFileManager(options);
    await files.appendMessages('1', [message(start + 1)]);
  }
  expect(await tagsOf(options)).toEqual([undefined]);
  for (const tag of ['one', 'two', 'three']) {
    await using files = new EnhancedFileManager(options);
    await files.createManualBackup({ tag });
  }
  for (let day = 1; day <= 4; day += 1) {
    await letADayPass(store.path);
    await using files = new EnhancedFileManager(options);
    await files.appendMessages('1', [message(100 + day)]);
  }
  const tags = await tagsOf(options);
  expect(tags.filter((tag) => tag !== undefined).sort()).toEqual(['one', 'three', 'two']);
  expect(tags.filter((tag) => tag === undefined)).toHaveLength(2);
});

async function tagsOf(options: EnhancedFileManagerOptions): Promise<(string | undefined)[]> {
  await using files = new EnhancedFileManager(options);
  const { backups } = await files.listBackups();
  return backups.map(({ tag }) => tag);
}

/** As far as the store knows. */
async function letADayPass(path: string): Promise<void> {
  const file = join(path, '.tgstore', 'store.json');
  const content = JSON.parse(await readFile(file, 'utf8'));
  content.last_automatic_backup.at = new Date(Date.now() - 25 * 3_600_000).toISOString();
  await writeFile(file, JSON.stringify(content));
}

test('export and import keep the status', async () => {
  await using store = await tempStore();
  await using other = await tempStore();
  await using outside = await tempDirectory();
  await using files = new EnhancedFileManager({ storageDir: store.path });
  for (const id of ['1', '2', 'Ann']) await files.saveConversation(conversation(id, messages(3)));
  for (const id of ['2', 'Ann']) await files.markAsProcessed(id);
  const path = join(outside.path, 'bundle.json');
  await files.exportConversationsToJson(path);
  await using imported = new EnhancedFileManager({ storageDir: other.path });
  await imported.importConversationsFromJson(path);
  expect(await imported.listConversations({ processed: true })).toEqual(['2', 'Ann']);
  expect(await imported.listConversations({ processed: false })).toEqual(['1']);
  for (const id of ['1', '2', 'Ann']) {
    const { messages: came } = await imported.loadConversation(id);
    expect(came).toEqual((await files.loadConversation(id)).messages);
  }
  // and into a store that has them it changes nothing
  expect((await imported.importConversationsFromJson(path)).changed.size).toBe(0);
  expect(await imported.listConversations({ processed: true })).toEqual(['2', 'Ann']);
});

const HOSTILE = [
  '../../x',
  '../x',
  '..',
  '.',
  '/etc/passwd',
  '/tmp/tgstore-hostile',
  'C:\\x',
  '..\\..\\x',
  'a/b',
  'x\0',
  '\0',
  '.tgstore',
  '.tgstore/store',
  '.hidden',
  'backups/../../x',
  'CON',
  'con.txt',
  'nul',
  'COM1',
  'a:b',
  'x ',
  'x.',
  'x\n',
  '~2e~2e',
  'Ä',
  '1_processed.json',
];
const IMPOSSIBLE = ['', 'x'.repeat(300), 'Ж'.repeat(120), '\ud800'];

test.each(HOSTILE)('the id %j stays in the store', async (id) => {
  await using store = await tempStore();
  await store.files.saveConversation(conversation('x'));
  await using files = new EnhancedFileManager({ storageDir: store.path });
  const path = await files.saveConversation(conversation(id, messages(2)));
  expect(await readdir(store.path)).toContain(path.slice(store.path.length + 1));
  expect(path.slice(store.path.length + 1)).toMatch(/^[a-z0-9@~_.-]+$/);
  expect(path).not.toContain('\0');
  await files.markAsProcessed(id);
  await files.appendMessages(id, [message(3)]);
  expect((await files.loadConversation(id)).messages.size).toBe(3);
  expect(await files.listConversations()).toEqual(expect.arrayContaining([id, 'x']));
  expect((await files.loadConversation('x')).messages.size).toBe(1);
  await files.processAllUnprocessed(() => {});
  await files.deleteConversation(id);
  expect(await files.listConversations()).toEqual(['x']);
  // that nothing stands beside the store is seen when it goes
});

test.each(IMPOSSIBLE)('the id %j is refused, and nothing is written', async (id) => {
  await using store = await tempStore();
  await store.files.saveConversation(conversation('1'));
  await using files = new EnhancedFileManager({ storageDir: store.path });
  const before = await conversationFiles(store.path);
  const given = { messages: messages(1), metadata: { conversation_id: id } };
  const code = expect.stringMatching(/^(?:STORE_INVALID_ID|SCHEMA_INVALID)$/);
  await expect(files.saveConversation(given)).rejects.toMatchObject({ code });
  await expect(files.saveConversation(given, { force: true })).rejects.toMatchObject({ code });
  await expect(files.mergeConversation(given)).rejects.toMatchObject({ code });
  expect(await conversationFiles(store.path)).toEqual(before);
});

test('no id reads, marks or deletes a file outside of the store', async () => {
  await using directory = await tempDirectory();
  const storageDir = join(directory.path, 'a', 'chats');
  await using files = new EnhancedFileManager({ storageDir });
  await files.saveConversation(conversation('1'));
  const target = join(directory.path, 'x_unprocessed.json');
  await writeFile(target, textOf('x'));
  for (const id of ['../../x', join(directory.path, 'x'), '..\\..\\x']) {
    const absent = { code: 'STORE_NOT_FOUND' };
    await expect(files.loadConversation(id)).rejects.toMatchObject(absent);
    await expect(collect(files.readMessages(id))).rejects.toMatchObject(absent);
    await expect(files.markAsProcessed(id)).rejects.toMatchObject(absent);
    await expect(files.appendMessages(id, messages(1))).rejects.toMatchObject(absent);
    await expect(files.deleteConversation(id)).rejects.toMatchObject(absent);
  }
  expect(await readFile(target, 'utf8')).toBe(textOf('x'));
  expect((await readdir(directory.path)).sort()).toEqual(['a', 'x_unprocessed.json']);
});

test('an edit wins on merge and on append, makes the conversation unprocessed, and the text before is known', async () => {
  await using store = await tempStore();
  await using files = new EnhancedFileManager({ storageDir: store.path });
  await files.saveConversation(conversation('1', messages(3)));
  const edit = (text: string, day: number) =>
    message(2, { text, edit_date: `2024-02-0${day}T00:00:00Z` });
  for (const [day, change] of [
    [1, () => files.mergeConversation(conversation('1', [edit('first edit', 1)]))],
    [2, () => files.appendMessages('1', [edit('second edit', 2)])],
  ] as const) {
    await files.markAsProcessed('1');
    expect(await change()).toMatchObject({ added: 0, edited: 1, status: 'unprocessed' });
    const { messages: stored } = await files.loadConversation('1');
    expect(stored.get('2')).toMatchObject({ text: `${['first', 'second'][day - 1]} edit` });
    expect([...stored.keys()]).toEqual(['1', '2', '3']);
  }
  // an older export does not bring the old text back
  await files.mergeConversation(conversation('1', messages(3)));
  expect((await files.loadConversation('1')).messages.get('2')?.text).toBe('second edit');
  const history = await collect(files.history('1', 2));
  expect(history.map(({ kind, before }) => [kind, before?.text])).toEqual([
    ['edited', 'text 2'],
    ['edited', 'first edit'],
  ]);
});

test('the sample is valid by the schema, and saves and loads as it is', async () => {
  const sample = sampleConversation();
  expect(validateConversation(sample)).toEqual(sample);
  expect(deserializeConversation(serializeConversation(sample))).toEqual(sample);
  await using store = await tempStore();
  await using files = new EnhancedFileManager({ storageDir: store.path });
  await files.saveConversation(sample);
  const { messages: stored, metadata } = await files.loadConversation('12345');
  expect(stored).toEqual(sample.messages);
  const { revision, revision_id, last_update } = metadata;
  expect(metadata).toEqual({ ...sample.metadata, revision, revision_id, last_update });
});
