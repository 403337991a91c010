import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, readlink, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  compareMessageIds,
  type IncomingConversation,
  type Message,
  serializeConversation,
} from '@tgstore/schema';
import { createRandom, tempDirectory } from '@tgstore/testkit';
import { expect, test, vi } from 'vitest';
import {
  EnhancedFileManager,
  type ImportedConversation,
  type ImportOptions,
} from '../src/index.ts';
import { collect } from './support/collect.ts';
import {
  conversation,
  type IncomingSpec,
  incoming,
  message,
  messages,
} from './support/conversations.ts';
import { watching } from './support/faults.ts';
import { conversationFiles, findings, leftOvers, tempStore } from './support/store.ts';

/** Stages and commits; returns what the import made of each conversation. */
async function importAll(
  files: EnhancedFileManager,
  specs: IncomingSpec[],
  options?: ImportOptions,
): Promise<ImportedConversation[]> {
  await using staged = await files.stageImport(incoming(...specs), options);
  await staged.commit();
  for (const {
    added,
    edited,
    unchanged,
    duplicates,
    messages,
    total,
    id,
  } of staged.conversations) {
    expect(added + edited + unchanged + duplicates).toBe(messages);
    expect((await files.loadConversation(id)).messages.size).toBe(total);
  }
  return staged.conversations;
}

/** What tells one state of a file from another. */
async function fingerprint(path: string): Promise<unknown> {
  const { ino, mtimeNs, size } = await stat(path, { bigint: true });
  return { ino, mtimeNs, size, content: await readFile(path, 'utf8') };
}

const textsOf = async (files: EnhancedFileManager, id: string) =>
  (await collect(files.readMessages(id))).map(({ text }) => text);

test('a fresh import makes a store of it', async () => {
  await using store = await tempStore();
  const metadata = { name: 'Ann', chat_type: 'private' };
  expect(
    await importAll(store.enhanced, [
      { id: '1', messages: messages(3), metadata },
      { id: 'a/b', messages: [] },
    ]),
  ).toEqual([
    {
      id: '1',
      name: 'Ann',
      isNew: true,
      messages: 3,
      added: 3,
      edited: 0,
      unchanged: 0,
      duplicates: 0,
      total: 3,
      status: 'unprocessed',
    },
    {
      id: 'a/b',
      name: undefined,
      isNew: true,
      messages: 0,
      added: 0,
      edited: 0,
      unchanged: 0,
      duplicates: 0,
      total: 0,
      status: 'unprocessed',
    },
  ]);
  expect(await conversationFiles(store.path)).toEqual([
    '1_unprocessed.json',
    'a~2fb_unprocessed.json',
  ]);
  const loaded = await store.enhanced.loadConversation('1');
  expect([...loaded.messages.values()]).toEqual(messages(3));
  expect(loaded.metadata).toMatchObject({
    ...metadata,
    message_count: 3,
    last_message_id: 3,
    last_message_date: '2024-01-01T00:00:03Z',
    revision: 1,
    revision_id: expect.stringMatching(/^[0-9a-f]{32}$/),
    schema_version: 1,
  });
  expect((await stat(store.path)).mode & 0o777).toBe(0o700);
  expect((await stat(join(store.path, '1_unprocessed.json'))).mode & 0o777).toBe(0o600);
});

test('the same import again changes no byte, no time and no inode', async () => {
  await using store = await tempStore();
  const specs = () => [
    { id: '1', messages: messages(50) },
    { id: '2', messages: messages(5), metadata: { name: 'B' } },
  ];
  await importAll(store.enhanced, specs());
  await store.enhanced.markAsProcessed('2');
  const paths = (await conversationFiles(store.path)).map((name) => join(store.path, name));
  const before = await Promise.all(paths.map(fingerprint));
  expect(await importAll(store.enhanced, specs())).toMatchObject([
    { isNew: false, added: 0, edited: 0, unchanged: 50, total: 50, status: 'unprocessed' },
    { isNew: false, added: 0, edited: 0, unchanged: 5, total: 5, status: 'processed' },
  ]);
  expect(await Promise.all(paths.map(fingerprint))).toEqual(before);
});

test('new messages are added in their places, and the revision grows', async () => {
  await using store = await tempStore();
  await importAll(store.enhanced, [{ id: '1', messages: messages([10, 30, 'x']) }]);
  const { revision_id } = await store.enhanced.readMetadata('1');
  expect(
    await importAll(store.enhanced, [{ id: '1', messages: messages([-5, 10, 20, 40, 'a']) }]),
  ).toMatchObject([{ isNew: false, messages: 5, added: 4, edited: 0, unchanged: 1, total: 7 }]);
  const expected = messages([-5, 10, 20, 30, 40, 'a', 'x']);
  expect(await collect(store.enhanced.readMessages('1'))).toEqual(expected);
  const metadata = await store.enhanced.readMetadata('1');
  expect(metadata).toMatchObject({ revision: 2, last_message_id: 'x', message_count: 7 });
  expect(metadata.revision_id).not.toBe(revision_id);
});

test('edited messages are replaced, older versions and equal ones are not', async () => {
  await using store = await tempStore();
  const edit = (text: string, edit_date: string) => message(1, { text, edit_date });
  const first = edit('first', '2024-02-01T00:00:00Z');
  const second = edit('second', '2024-02-02T00:00:00Z');
  const rest = messages([2, 3]);
  await importAll(store.enhanced, [{ id: '1', messages: [first, ...rest] }]);
  expect(await importAll(store.enhanced, [{ id: '1', messages: [second, ...rest] }])).toMatchObject(
    [{ added: 0, edited: 1, unchanged: 2 }],
  );
  expect(await importAll(store.enhanced, [{ id: '1', messages: [first] }])).toMatchObject([
    { added: 0, edited: 0, unchanged: 1, total: 3 },
  ]);
  const { text, id, date, sender_id, edit_date } = second;
  const equal = {
    edit_date,
    date,
    text,
    sender_id: `${sender_id}`,
    media_path: null,
    id: String(id),
  };
  expect(await importAll(store.enhanced, [{ id: '1', messages: [equal] }])).toMatchObject([
    { unchanged: 1 },
  ]);
  expect(await textsOf(store.enhanced, '1')).toEqual(['second', 'text 2', 'text 3']);
});

test('metadata of a later import win, and what it does not know stays', async () => {
  await using store = await tempStore();
  const participants = [{ id: 1, first_name: 'Ann' }];
  await store.enhanced.saveConversation({
    messages: messages(1),
    metadata: { conversation_id: '1', name: 'Old', username: 'ann', participants, mine: 1 },
    other: { notes: 'kept' },
  });
  const metadata = { name: 'New', participants: [{ id: 1, last_name: 'Lee' }, { id: 2 }] };
  await importAll(store.enhanced, [{ id: '1', messages: messages(2), metadata }]);
  const loaded = await store.enhanced.loadConversation('1');
  expect(loaded.metadata).toMatchObject({
    name: 'New',
    username: 'ann',
    mine: 1,
    participants: [{ id: 1, first_name: 'Ann', last_name: 'Lee' }, { id: 2 }],
  });
  expect(loaded.other).toEqual({ notes: 'kept' });
});

test('a chat of which only the metadata changed is written anew, and keeps its status', async () => {
  await using store = await tempStore();
  const specs = (name: string, status?: 'processed') => [
    { id: '1', messages: messages(2), metadata: { name }, status },
    { id: '2', messages: messages(2), metadata: { name } },
  ];
  await importAll(store.enhanced, specs('Old', 'processed'));
  const unchanged = { added: 0, edited: 0, unchanged: 2, total: 2 };
  expect(await importAll(store.enhanced, specs('New'))).toMatchObject([
    { ...unchanged, status: 'processed' },
    { ...unchanged, status: 'unprocessed' },
  ]);
  expect(await conversationFiles(store.path)).toEqual(['1_processed.json', '2_unprocessed.json']);
  for (const id of ['1', '2']) {
    expect(await store.enhanced.readMetadata(id)).toMatchObject({ name: 'New', revision: 2 });
  }
});

test('with overwrite an import takes the place of what is there', async () => {
  await using store = await tempStore();
  const { enhanced: files } = store;
  const metadata = { name: 'Ann', username: 'ann' };
  await importAll(files, [{ id: '1', messages: messages(5), metadata }]);
  await files.markAsProcessed('1');
  const young = message(2, { text: 'other' });
  const specs = () => [
    { id: '1', messages: [message(1), young, message(7)], metadata: { name: 'B' } },
    { id: '2', messages: messages(1) },
  ];
  expect(await importAll(files, specs(), { overwrite: true })).toMatchObject([
    { messages: 3, added: 1, edited: 1, unchanged: 1, total: 3, status: 'unprocessed' },
    { isNew: true, added: 1 },
  ]);
  expect(await textsOf(files, '1')).toEqual(['text 1', 'other', 'text 7']);
  const { name, username } = await files.readMetadata('1');
  expect([name, username]).toEqual(['B', undefined]);
  const path = join(store.path, '1_unprocessed.json');
  const before = await fingerprint(path);
  await importAll(files, specs(), { overwrite: true });
  expect(await fingerprint(path)).toEqual(before);
});

test('a tombstone that comes in replaces its message, and nothing older revives that', async () => {
  await using store = await tempStore();
  await importAll(store.enhanced, [{ id: '1', messages: messages(3) }]);
  const tombstone = message(2, { text: '', deleted: true });
  expect(
    await importAll(store.enhanced, [{ id: '1', messages: [tombstone, message(4)] }]),
  ).toMatchObject([{ messages: 2, added: 1, edited: 1, unchanged: 0, total: 4 }]);
  expect(
    await importAll(store.enhanced, [{ id: '1', messages: [...messages(3), message(2)] }]),
  ).toMatchObject([{ messages: 4, unchanged: 3, duplicates: 1, total: 4 }]);
  expect(await textsOf(store.enhanced, '1')).toEqual(['text 1', '', 'text 3', 'text 4']);
});

test('what stands beside messages and metadata in the input is kept', async () => {
  await using store = await tempStore();
  const other = JSON.parse('{"notes":[1],"__proto__":{"a":1}}');
  await importAll(store.enhanced, [{ id: '1', messages: messages([2, 1]), other }]);
  expect(JSON.stringify((await store.enhanced.loadConversation('1')).other)).toBe(
    JSON.stringify(other),
  );
  await importAll(store.enhanced, [
    { id: '1', messages: messages(3), other: { notes: 2, more: 3 } },
  ]);
  expect((await store.enhanced.loadConversation('1')).other).toMatchObject({ notes: [1], more: 3 });
});

test('of an id that comes several times one message stays, and the others are counted', async () => {
  await using store = await tempStore();
  const versions = [
    message(7, { text: 'b', edit_date: '2024-02-02T00:00:00Z', date: '2024-05-01T00:00:00Z' }),
    message(7, { text: 'c', edit_date: '2024-02-03T00:00:00Z' }),
    message(7, { text: 'a', date: '2025-01-01T00:00:00Z' }),
  ];
  const specs = [{ id: '1', messages: [message(8), ...versions, message(9), message(9)] }];
  expect(await importAll(store.enhanced, specs)).toMatchObject([
    { messages: 6, added: 3, duplicates: 3, unchanged: 0, total: 3 },
  ]);
  expect(await textsOf(store.enhanced, '1')).toEqual(['c', 'text 8', 'text 9']);
  expect(await importAll(store.enhanced, specs)).toMatchObject([
    { messages: 6, added: 0, duplicates: 3, unchanged: 3, total: 3 },
  ]);
});

test('the last date is that of the messages that stay', async () => {
  await using store = await tempStore();
  const late = message(1, { date: '2030-01-01T00:00:00Z' });
  const early = message(1, { date: '2024-06-01T00:00:00.5Z', edit_date: '2024-07-01T00:00:00Z' });
  const nested = message(0, { date: null, raw_data: { date: '2031-01-01T00:00:00' } });
  const hidden = { raw_data: { date: '2032-01-01T00:00:00' }, ...message(-1) };
  await importAll(store.enhanced, [{ id: '1', messages: [hidden, nested, late] }]);
  await importAll(store.enhanced, [{ id: '1', messages: [early] }]);
  expect(await store.enhanced.readMetadata('1')).toMatchObject({
    last_message_date: '2024-06-01T00:00:00.5Z',
  });
  await store.put('2_unprocessed.json', {
    messages: { 1: message(1) },
    metadata: { conversation_id: '2', last_message_date: '2040-01-01T00:00:00Z', message_count: 9 },
  });
  await importAll(store.enhanced, [{ id: '2', messages: [message(2)] }]);
  expect(await store.enhanced.readMetadata('2')).toMatchObject({
    last_message_date: '2024-01-01T00:00:02Z',
    message_count: 2,
  });
});

test('a conversation that comes twice in one import is one conversation', async () => {
  await using store = await tempStore();
  await importAll(store.enhanced, [{ id: 'old', messages: messages([1]) }]);
  const edit = { text: 'new', edit_date: '2024-02-01T00:00:00Z' };
  const result = await importAll(store.enhanced, [
    { id: 'new', messages: messages([1, 2]), metadata: { name: 'A' } },
    { id: 'old', messages: messages([1]) },
    { id: 'new', messages: [message(2, edit), ...messages([3, 3])] },
    { id: 'old', messages: messages([2]) },
    { id: 'old', messages: messages([2]) },
  ]);
  expect(result).toMatchObject([
    {
      id: 'new',
      name: 'A',
      isNew: true,
      messages: 5,
      added: 3,
      edited: 0,
      duplicates: 2,
      total: 3,
    },
    {
      id: 'old',
      isNew: false,
      messages: 3,
      added: 1,
      edited: 0,
      unchanged: 1,
      duplicates: 1,
      total: 2,
    },
  ]);
  expect(await textsOf(store.enhanced, 'new')).toEqual(['text 1', 'new', 'text 3']);
  expect(await store.enhanced.readMetadata('new')).toMatchObject({ revision: 1 });
  expect(await store.enhanced.readMetadata('old')).toMatchObject({ revision: 2 });
});

test.each([255, 256, 257, 512])(
  'order and duplicates are seen across %i messages',
  async (count) => {
    await using store = await tempStore();
    const ascending = messages(count);
    const cases = {
      smaller: [...ascending, message(0)],
      equal: [...ascending, message(count)],
      greater: [...ascending, message(count + 1)],
    };
    for (const [id, given] of Object.entries(cases)) {
      const expected = [...new Set(given.map((one) => Number(one.id)))].sort((a, b) => a - b);
      expect(await importAll(store.enhanced, [{ id, messages: given }])).toMatchObject([
        { messages: count + 1, total: expected.length, duplicates: count + 1 - expected.length },
      ]);
      const stored = await collect(store.enhanced.readMessages(id));
      expect(stored.map((one) => one.id)).toEqual(expected);
    }
  },
);

test('messages come in any order, also very many', async () => {
  await using store = await tempStore({ durability: 'relaxed' });
  const random = createRandom(7);
  const ids = Array.from({ length: 30_000 }, () => random.int(-1_000_000, 1_000_000));
  const unique = [...new Set(ids)].sort((a, b) => a - b);
  const long = 'é'.repeat(2_000_000);
  const given = ids.map((id) =>
    message(id, id === ids[500] ? { text: long } : { text: `"\\,${id}` }),
  );
  expect(await importAll(store.enhanced, [{ id: '1', messages: given }])).toMatchObject([
    { messages: 30_000, added: unique.length, duplicates: 30_000 - unique.length },
  ]);
  const stored = await collect(store.enhanced.readMessages('1'));
  expect(stored.map(({ id }) => id)).toEqual(unique);
  expect(stored.find(({ id }) => id === ids[500])?.text).toBe(long);
});

test('what the original wrote is merged with, and laid out as we do', async () => {
  await using store = await tempStore();
  const original = {
    metadata: { id: 5, name: 'Ann', isGroup: true, custom: { a: 1 } },
    messages: {
      12: { id: 12, text: 'twelve', date: '2024-01-01 00:00:12' },
      '-3': { text: 'minus' },
    },
    extra: true,
  };
  await store.put('5_processed.json', JSON.stringify(original, null, 4));
  expect(
    await importAll(store.enhanced, [
      { id: '5', messages: [message(-3, { text: 'minus', date: null, sender_id: null })] },
    ]),
  ).toMatchObject([{ unchanged: 1, status: 'processed' }]);
  expect(await conversationFiles(store.path)).toEqual(['5_processed.json']);
  expect(await importAll(store.enhanced, [{ id: '5', messages: messages([4]) }])).toMatchObject([
    { added: 1, total: 3, status: 'unprocessed' },
  ]);
  expect(await conversationFiles(store.path)).toEqual(['5_unprocessed.json']);
  const loaded = await store.enhanced.loadConversation('5');
  expect([...loaded.messages.keys()]).toEqual(['-3', '4', '12']);
  expect(loaded.metadata).toMatchObject({
    name: 'Ann',
    is_group: true,
    custom: { a: 1 },
    message_count: 3,
    revision: 1,
  });
  expect(loaded.other).toEqual({ extra: true });
  expect(await findings(store.path)).toEqual([]);
});

test.each(['unprocessed', 'processed'])(
  'a raw %s name becomes canonical when it gains a message',
  async (status) => {
    await using store = await tempStore();
    await store.put(`Ann Lee_${status}.json`, serializeConversation(conversation('Ann Lee')));
    await importAll(store.enhanced, [{ id: 'Ann Lee', messages: messages(1) }]);
    expect(await conversationFiles(store.path)).toEqual([`Ann Lee_${status}.json`]);
    await importAll(store.enhanced, [{ id: 'Ann Lee', messages: messages(2) }]);
    expect(await conversationFiles(store.path)).toEqual(['~41nn~20~4cee_unprocessed.json']);
  },
);

test('the status of a bundle holds for new conversations only', async () => {
  await using store = await tempStore();
  await importAll(store.enhanced, [{ id: 'mine', messages: messages(1) }]);
  const status = 'processed';
  const specs = [
    { id: 'done', messages: messages(1), status },
    { id: 'open', messages: messages(1), status: 'unprocessed' },
    { id: 'mine', messages: messages(1), status },
    { id: 'joined', messages: messages(1), status },
    { id: 'joined', messages: messages(2), status },
    { id: 'twice', messages: messages(1), status },
    { id: 'twice', messages: messages(1) },
  ] as const;
  expect(
    (await importAll(store.enhanced, [...specs])).map(({ id, status }) => `${id} ${status}`),
  ).toEqual([
    'done processed',
    'open unprocessed',
    'mine unprocessed',
    'joined unprocessed',
    'twice processed',
  ]);
  expect(await store.enhanced.listConversations({ processed: true })).toEqual(['done', 'twice']);
  await importAll(store.enhanced, [{ id: 'done', messages: messages(2), status }]);
  expect(await store.enhanced.listConversations({ processed: true })).toEqual(['twice']);
});

test.each(['private', 'bot', 'group'])(
  'in a %s chat a message of another account under the same id refuses the import',
  async (chat_type) => {
    await using store = await tempStore();
    await importAll(store.enhanced, [
      { id: '1', messages: messages(3), metadata: { chat_type } },
      { id: '2', messages: messages(1) },
    ]);
    const paths = (await conversationFiles(store.path)).map((name) => join(store.path, name));
    const before = await Promise.all(paths.map(fingerprint));
    const foreign = message(2, { date: '2019-05-05T05:05:05Z' });
    const specs = () => [
      { id: '2', messages: messages(9) },
      { id: '1', messages: [message(1), foreign, message(4)], metadata: { chat_type } },
    ];
    await expect(importAll(store.enhanced, specs())).rejects.toMatchObject({
      code: 'STORE_ID_CONFLICT',
      message: expect.stringMatching(/message 2 is another one .* keep them in two stores/),
    });
    expect(await Promise.all(paths.map(fingerprint))).toEqual(before);
    await using staged = await store.enhanced.stageImport(incoming(...specs()), {
      keepGoing: true,
    });
    await staged.commit();
    expect(staged.failures).toMatchObject([
      { place: 'list[1]', error: { code: 'STORE_ID_CONFLICT' } },
    ]);
    expect(await textsOf(store.enhanced, '2')).toHaveLength(9);
    expect(await textsOf(store.enhanced, '1')).toHaveLength(3);
  },
);

test('with keepGoing a part that is refused leaves the part before it as it was', async () => {
  await using store = await tempStore();
  const metadata = { chat_type: 'private' };
  await importAll(store.enhanced, [{ id: '1', messages: messages(2), metadata }]);
  const foreign = message(2, { date: '2019-05-05T05:05:05Z' });
  await using staged = await store.enhanced.stageImport(
    incoming(
      { id: '1', messages: messages([3]), metadata },
      { id: '1', messages: [foreign, message(4)], metadata },
    ),
    { keepGoing: true },
  );
  expect(staged.failures).toMatchObject([
    { place: 'list[1]', error: { code: 'STORE_ID_CONFLICT' } },
  ]);
  expect(staged.conversations).toMatchObject([{ id: '1', messages: 1, added: 1, total: 3 }]);
  await staged.commit();
  expect(await textsOf(store.enhanced, '1')).toEqual(['text 1', 'text 2', 'text 3']);
});

test('who knows no type of a chat learns it from the import', async () => {
  await using store = await tempStore();
  await importAll(store.enhanced, [{ id: '1', messages: messages(1) }]);
  const foreign = message(1, { date: '2019-05-05T05:05:05Z' });
  const specs = [{ id: '1', messages: [foreign], metadata: { chat_type: 'private' } }];
  await expect(importAll(store.enhanced, specs)).rejects.toMatchObject({
    code: 'STORE_ID_CONFLICT',
  });
});

test('in a supergroup ids are those of the chat, so another date is an edit', async () => {
  await using store = await tempStore();
  const metadata = { chat_type: 'supergroup' };
  await importAll(store.enhanced, [{ id: '-1001', messages: messages(2), metadata }]);
  const other = message(2, {
    date: '2025-05-05T05:05:05Z',
    text: 'z',
    edit_date: '2025-06-01T00:00:00Z',
  });
  expect(
    await importAll(store.enhanced, [{ id: '-1001', messages: [other], metadata }]),
  ).toMatchObject([{ edited: 1 }]);
});

test('nothing changes before commit, and nothing is left without it', async () => {
  await using store = await tempStore();
  await importAll(store.enhanced, [{ id: '1', messages: messages(1) }]);
  await store.enhanced.markAsProcessed('1');
  const names = await readdir(store.path);
  {
    await using staged = await store.enhanced.stageImport(
      incoming(
        { id: '1', messages: messages(2) },
        { id: '2', messages: messages(2) },
        { id: '1', messages: messages(3) },
      ),
    );
    expect(staged.conversations).toMatchObject([
      { id: '1', added: 2 },
      { id: '2', isNew: true },
    ]);
    expect(await conversationFiles(store.path)).toEqual(['1_processed.json']);
    expect((await leftOvers(store.path)).length).toBeGreaterThan(0);
  }
  expect(await readdir(store.path)).toEqual(names);
});

test('a store that an import would have made is not there without commit', async () => {
  await using directory = await tempDirectory();
  const files = new EnhancedFileManager({ storageDir: join(directory.path, 'a', 'b', 'chats') });
  {
    await using staged = await files.stageImport(incoming({ id: '1', messages: messages(2) }));
    expect(staged.conversations).toHaveLength(1);
    expect(await readdir(join(directory.path, 'a', 'b'))).toEqual(['chats']);
  }
  expect(await readdir(directory.path)).toEqual([]);
  await mkdir(join(directory.path, 'a'));
  await (await files.stageImport(incoming({ id: '1', messages: [] })))[Symbol.asyncDispose]();
  expect(await readdir(directory.path)).toEqual(['a']);
  expect(await readdir(join(directory.path, 'a'))).toEqual([]);
});

test('a directory that somebody uses meanwhile is left alone', async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, 'a', 'chats');
  const staged = await new EnhancedFileManager({ storageDir: path }).stageImport(
    incoming({ id: '1', messages: messages(2) }),
  );
  await writeFile(join(path, 'theirs'), '');
  await staged[Symbol.asyncDispose]();
  expect(await readdir(path)).toEqual(['theirs']);
});

test('an import without conversations makes an empty store', async () => {
  await using store = await tempStore();
  expect(await importAll(store.enhanced, [])).toEqual([]);
  expect(await store.enhanced.listConversations()).toEqual([]);
});

const BAD: [what: string, spec: IncomingSpec, code: string, message: RegExp][] = [
  [
    'an invalid message',
    { id: '7', messages: [...messages(3), { id: 4, date: 'soon' }, ...messages(2000)] },
    'STORE_INVALID_CONVERSATION',
    /^list\[1\]: messages\.4\.date: not an ISO 8601 date/,
  ],
  [
    'invalid metadata',
    { id: '7', messages: messages(3), metadata: { name: 5 as never } },
    'STORE_INVALID_CONVERSATION',
    /^list\[1\]: metadata\.name: /,
  ],
  [
    'an id that can be no name',
    { id: 'x'.repeat(300), messages: messages([2, 1]) },
    'STORE_INVALID_ID',
    /shorten it/,
  ],
  [
    'no id',
    { id: '', messages: messages(2) },
    'STORE_INVALID_CONVERSATION',
    /^list\[1\]: metadata\.conversation_id/,
  ],
];

test.each(BAD)('an import with %s is refused as a whole', async (_, spec, code, text) => {
  await using directory = await tempDirectory();
  const path = join(directory.path, 'chats');
  const files = new EnhancedFileManager({ storageDir: path });
  const specs = [{ id: '1', messages: messages(2) }, spec, { id: '2', messages: messages(2) }];
  await expect(files.stageImport(incoming(...specs))).rejects.toMatchObject({
    code,
    message: expect.stringMatching(text),
  });
  expect(await readdir(directory.path)).toEqual([]);
});

test.each(BAD)(
  'with keepGoing %s leaves out that conversation only',
  async (_, spec, code, text) => {
    await using store = await tempStore();
    const specs = [{ id: '1', messages: messages(2) }, spec, { id: '2', messages: messages(2) }];
    await using staged = await store.enhanced.stageImport(incoming(...specs), { keepGoing: true });
    await staged.commit();
    expect(staged.conversations.map(({ id }) => id)).toEqual(['1', '2']);
    expect(staged.failures).toMatchObject([
      { place: 'list[1]', error: { code, message: expect.stringMatching(text) } },
    ]);
    expect(await conversationFiles(store.path)).toEqual([
      '1_unprocessed.json',
      '2_unprocessed.json',
    ]);
  },
);

test('a failure that is not about one conversation ends the import in spite of keepGoing', async () => {
  await using store = await tempStore();
  async function* failing(): AsyncGenerator<Message> {
    yield* messages(5000);
    throw Object.assign(new Error('EIO: the disk failed'), { code: 'EIO' });
  }
  const specs = [
    { id: '1', messages: messages(2) },
    { id: '2', messages: failing() },
  ];
  await expect(store.enhanced.stageImport(incoming(...specs), { keepGoing: true })).rejects.toThrow(
    'EIO',
  );
  await expect(stat(store.path)).rejects.toThrow('ENOENT');
});

test('an import does not begin once its signal is aborted', async () => {
  await using store = await tempStore();
  const reason = new Error('stop it');
  const options = { signal: AbortSignal.abort(reason) };
  await expect(
    store.enhanced.stageImport(incoming({ id: '1', messages: [] }), options),
  ).rejects.toBe(reason);
});

test('an aborted import ends with the reason of the signal, and nothing is left', async () => {
  await using store = await tempStore();
  for (const keepGoing of [false, true]) {
    for (const inTheMiddle of [false, true]) {
      const abort = new AbortController();
      // also one that looks as if it were about one conversation
      const reason = Object.assign(new Error('stop it'), { code: 'STORE_CHANGED' });
      let read = 0;
      function* endless(): Generator<Message> {
        for (;;) {
          read += 1;
          yield message(read);
          if (read === 100) abort.abort(reason);
        }
      }
      const specs = [
        { id: '1', messages: inTheMiddle ? endless() : messages(3) },
        { id: '2', messages: messages(2) },
      ];
      const onConversation = () => abort.abort(reason);
      const { signal } = abort;
      const importing = store.enhanced.stageImport(incoming(...specs), {
        keepGoing,
        signal,
        onConversation,
      });
      await expect(importing).rejects.toBe(reason);
      expect(read).toBeLessThan(5000);
      await expect(stat(store.path)).rejects.toThrow('ENOENT');
    }
  }
});

test('onConversation is called after each conversation was read', async () => {
  await using store = await tempStore();
  const seen: string[] = [];
  const onConversation = ({ id, messages }: ImportedConversation) => seen.push(`${id} ${messages}`);
  const specs = ['1', '2', '1'].map((id) => ({ id, messages: messages(2) }));
  await importAll(store.enhanced, specs, { onConversation: (event) => void onConversation(event) });
  expect(seen).toEqual(['1 2', '2 2', '1 4']);
});

test('a source is closed when the import fails, and only then', async () => {
  await using store = await tempStore();
  let closed = 0;
  async function* source(): AsyncGenerator<IncomingConversation> {
    try {
      yield* incoming({ id: '1', messages: messages(1) }, { id: '', messages: messages(1) });
    } finally {
      closed += 1;
    }
  }
  await expect(store.enhanced.stageImport(source())).rejects.toThrow();
  expect(closed).toBe(1);
});

test('what changed in the store since the import was read is merged', async () => {
  await using store = await tempStore();
  const { enhanced: files } = store;
  const late = { text: 'late', edit_date: '2024-03-01T00:00:00Z' };
  const save = () =>
    files.saveConversation(conversation('1', [message(1), message(2, late), message(9)]), {
      force: true,
    });
  const import2 = (status: 'processed' | undefined) =>
    importAll(files, [{ id: '2', messages: messages([0, 1]), status }]);
  const changes: [string, () => Promise<unknown>, object, string[], string[]][] = [
    ['saved anew', save, { added: 3, revision: 3 }, ['1', 'late', '3', '4', '5', '9'], FIVE],
    ['marked', () => files.markAsProcessed('1'), { added: 4, revision: 2 }, FIVE, FIVE],
    ['deleted', () => files.deleteConversation('1'), { added: 5, isNew: true }, FIVE, FIVE],
    ['imported', () => import2(undefined), { added: 4 }, FIVE, ['0', ...FIVE]],
    ['imported and processed', () => import2('processed'), { added: 4 }, FIVE, ['0', ...FIVE]],
  ];
  for (const [what, change, result, expected1, expected2] of changes) {
    for (const id of await files.listConversations().catch(() => [])) {
      await files.deleteConversation(id);
    }
    await importAll(files, [{ id: '1', messages: messages(1) }]);
    await using staged = await files.stageImport(
      incoming({ id: '1', messages: messages(5) }, { id: '2', messages: messages(5) }),
    );
    await change();
    const results = await staged.commit();
    expect(results.get('1'), what).toMatchObject({ status: 'unprocessed', ...result });
    expect(results.get('2'), what).toMatchObject({
      status: 'unprocessed',
      isNew: expected2 === FIVE,
      added: expected2 === FIVE ? 5 : 4,
    });
    const shortly = async (id: string) =>
      (await textsOf(files, id)).map((text) => text?.replace('text ', ''));
    expect(await shortly('1'), what).toEqual(expected1);
    expect(await shortly('2'), what).toEqual(expected2);
    expect(await conversationFiles(store.path), what).toEqual([
      '1_unprocessed.json',
      '2_unprocessed.json',
    ]);
  }
});

const FIVE = ['1', '2', '3', '4', '5'];

test('what was deleted since the import was read is new, with what came in alone', async () => {
  await using store = await tempStore();
  const { enhanced: files } = store;
  await importAll(files, [{ id: '1', messages: messages([1, 8, 9]) }]);
  await using staged = await files.stageImport(incoming({ id: '1', messages: messages(2) }));
  await files.deleteConversation('1');
  expect([...(await staged.commit())]).toMatchObject([['1', { added: 2, isNew: true }]]);
  expect(await textsOf(files, '1')).toEqual(['text 1', 'text 2']);
});

test('what changes nothing when it is read, but does when it is committed, is committed', async () => {
  await using store = await tempStore();
  const { enhanced: files } = store;
  await importAll(files, [{ id: '1', messages: messages(3) }]);
  await using staged = await files.stageImport(incoming({ id: '1', messages: messages(3) }));
  await files.saveConversation(conversation('1', messages(1)), { force: true });
  await files.markAsProcessed('1');
  expect([...(await staged.commit())]).toMatchObject([['1', { added: 2, status: 'unprocessed' }]]);
  expect(await textsOf(files, '1')).toHaveLength(3);
});

test('a conversation that appears in the instant of the commit is not replaced', async () => {
  await using store = await tempStore();
  const theirs = serializeConversation(conversation('1', messages(2)));
  const fileSystem = watching(async ({ name, args }) => {
    if (name === 'link' && basename(String(args[1])) === '1_unprocessed.json') {
      await writeFile(String(args[1]), theirs, { mode: 0o600 });
    }
    return undefined;
  });
  const files = new EnhancedFileManager({ storageDir: store.path, fileSystem });
  await expect(importAll(files, [{ id: '1', messages: messages(1) }])).rejects.toMatchObject({
    code: 'STORE_EXISTS',
  });
  expect(await readFile(join(store.path, '1_unprocessed.json'), 'utf8')).toBe(theirs);
});

test.each(['before', 'after'])(
  'an undo record that stands %s staging is taken away, and the import goes on',
  async (when) => {
    await using store = await tempStore();
    await importAll(store.enhanced, [{ id: '1', messages: messages(1) }]);
    // of an append that was interrupted before its record was complete, and so never began
    const interrupt = () => store.put('.1.undo', '');
    if (when === 'before') await interrupt();
    await using staged = await store.enhanced.stageImport(
      incoming({ id: '2', messages: messages(2) }, { id: '1', messages: messages(2) }),
    );
    if (when === 'after') await interrupt();
    await staged.commit();
    expect(existsSync(join(store.path, '.1.undo'))).toBe(false);
    expect(await conversationFiles(store.path)).toEqual([
      '1_unprocessed.json',
      '2_unprocessed.json',
    ]);
    expect(await textsOf(store.enhanced, '1')).toHaveLength(2);
  },
);

test('an existing file that is broken refuses the import and stays as it is', async () => {
  await using store = await tempStore({ problems: ['CHECK_UNREADABLE'] });
  const text = serializeConversation(conversation('1', messages(3))).replace('},\n"2"', '}},\n"2"');
  const path = await store.put('1_unprocessed.json', text);
  await expect(
    importAll(store.enhanced, [{ id: '1', messages: messages(4) }]),
  ).rejects.toMatchObject({
    code: 'STORE_INVALID_FILE',
    path,
  });
  expect(await readFile(path, 'utf8')).toBe(text);
});

test('many conversations are published with one sync of the directory', async () => {
  await using store = await tempStore();
  let publishing = false;
  let syncs = 0;
  const fileSystem = watching(({ name }) => {
    if (name === 'link') publishing = true;
    if (name === 'handle.sync' && publishing) syncs += 1;
    return undefined;
  });
  const files = new EnhancedFileManager({ storageDir: store.path, fileSystem });
  await importAll(files, []);
  publishing = false;
  syncs = 0;
  const ids = Array.from({ length: 20 }, (_, index) => String(index)).sort(compareMessageIds);
  await importAll(
    files,
    ids.map((id) => ({ id, messages: messages(2) })),
  );
  expect(syncs).toBe(1);
  expect(await files.listConversations()).toEqual(ids);
});

test('metadata larger than any buffer come in, behind messages that fill some', async () => {
  await using store = await tempStore();
  const long = (count: number) =>
    messages(count).map((one) => ({ ...one, text: 'x'.repeat(3_000) }));
  const participants = Array.from({ length: 5_000 }, (_, id) => ({ id, first_name: `Nr ${id}` }));
  const given = { id: '1', messages: long(512), metadata: { participants } };
  await importAll(store.enhanced, [given]);
  expect((await store.enhanced.readMetadata('1')).participants).toEqual(participants);
  await importAll(store.enhanced, [{ ...given, messages: long(700) }]);
  expect((await store.enhanced.readMetadata('1')).message_count).toBe(700);
});

test.skipIf(process.platform !== 'linux')(
  'a file is closed where nothing of it could be staged',
  async () => {
    await using temp = await tempStore();
    await temp.enhanced.saveConversation(conversation('1'));
    await using dir = await tempDirectory();
    const path = join(dir.path, 'bundle.json');
    await temp.enhanced.exportConversationsToJson(path);
    const fileSystem = watching(({ name }) => {
      if (name === 'lstat') throw Object.assign(new Error('EIO'), { code: 'EIO' });
      return undefined;
    });
    const store = new EnhancedFileManager({ storageDir: temp.path, fileSystem });
    const importing = store.importConversationsFromJson(path);
    await expect(importing).rejects.toMatchObject({ code: 'EIO' });
    const isOpen = async (): Promise<boolean> => {
      const names = await readdir('/proc/self/fd');
      const links = names.map((name) => readlink(join('/proc/self/fd', name)).catch(() => ''));
      return (await Promise.all(links)).includes(path);
    };
    // a stream closes its file in its own time
    await vi.waitFor(async () => expect(await isOpen()).toBe(false));
  },
);
