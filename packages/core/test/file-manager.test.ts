import {
  chmod,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  compareMessageIds,
  type Message,
  sampleConversation,
  serializeConversation,
} from '@tgstore/schema';
import { tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { EnhancedFileManager, FileManager } from '../src/index.ts';
import { collect } from './support/collect.ts';
import { conversation, message, messages } from './support/conversations.ts';
import { systemError, watching } from './support/faults.ts';
import { conversationFiles, tempStore } from './support/store.ts';

const withCode = (code: string) => expect.objectContaining({ code });

test('what was saved is loaded again, whatever keys and values it has', async () => {
  await using store = await tempStore();
  const hard = JSON.parse(
    '{"__proto__":{"a":1},"constructor":"x","toString":[null,{"__proto__":2}],"b":"\\u2028\\ud800"}',
  );
  const given = conversation(
    '1',
    [
      message(-7),
      message(-9_007_199_254_740_993n, { raw_data: { big: 123_456_789_012_345_678_901n } }),
      message(10, { text: 'line\nbreak "},\n"metadata":{' }),
      message(9, { raw_data: hard, ...JSON.parse('{"__proto__":"own"}') }),
      message('abc'),
      message('0010', { sender_id: 9_007_199_254_740_993n }),
    ],
    { participants: [{ id: 18_446_744_073_709_551_615n }], unknown: hard },
  );
  await store.files.saveConversation({ ...given, other: { before: [1], ...hard } });

  const { messages: loaded, metadata, other } = await store.files.loadConversation('1');
  const order = ['-9007199254740993', '-7', '9', '10', '0010', 'abc'];
  expect([...loaded.keys()]).toEqual(order);
  expect([...loaded]).toEqual(order.map((id) => [id, given.messages.get(id)]));
  expect(Object.getOwnPropertyNames(loaded.get('9'))).toContain('__proto__');
  expect(Object.getPrototypeOf(loaded.get('9'))).toBe(Object.prototype);
  expect(JSON.stringify(loaded.get('9')?.raw_data)).toBe(JSON.stringify(hard));
  expect(JSON.stringify(metadata.unknown)).toBe(JSON.stringify(hard));
  expect(JSON.stringify(other)).toBe(JSON.stringify({ before: [1], ...hard }));
  expect(metadata.participants).toEqual([{ id: 18_446_744_073_709_551_615n }]);
  expect(metadata.last_message_id).toBe('abc');
});

test('a save sets counts, last id, last date and revision anew and keeps the rest', async () => {
  await using store = await tempStore();
  const sample = sampleConversation();
  const wrong = {
    message_count: 99,
    last_message_id: 7,
    last_message_date: '2030-01-01T00:00:00Z',
  };
  const before = Math.floor(Date.now() / 1000) * 1000;
  const path = await store.files.saveConversation({
    ...sample,
    metadata: { ...sample.metadata, ...wrong, revision: 40 },
  });
  expect(path).toBe(join(store.path, '12345_unprocessed.json'));
  const { metadata } = await store.files.loadConversation('12345');
  expect(metadata).toEqual({
    ...sample.metadata,
    revision: 1,
    revision_id: expect.stringMatching(/^[0-9a-f]{32}$/),
    last_update: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
  });
  expect(metadata.revision_id).not.toBe(sample.metadata.revision_id);
  expect(Date.parse(metadata.last_update ?? '')).toBeGreaterThanOrEqual(before);
});

test('the file is plain JSON with one message a line', async () => {
  await using store = await tempStore();
  const path = await store.files.saveConversation(sampleConversation());
  const text = await readFile(path, 'utf8');
  expect(JSON.parse(text).messages[102].text).toBe('Here is mine');
  expect(text.split('\n').map((line) => line.slice(0, 12))).toEqual([
    '{"messages":',
    '"101":{"id":',
    '"102":{"id":',
    '"103":{"id":',
    '},',
    '"metadata":{',
    '',
  ]);
});

test('a conversation without messages is saved and loaded', async () => {
  await using store = await tempStore();
  const path = await store.files.saveConversation(conversation('1', []));
  expect(await readFile(path, 'utf8')).toMatch(/^\{"messages":\{\n\},\n"metadata":/);
  expect((await store.files.loadConversation('1')).messages.size).toBe(0);
  expect(await collect(store.files.readMessages('1'))).toEqual([]);
  expect(await store.files.readMetadata('1')).toMatchObject({ message_count: 0 });
  await using open = await store.files.openConversation('1');
  expect(await open.isLineLayout()).toBe(true);
});

test('a conversation that is not valid is refused with the places, and nothing is made', async () => {
  await using store = await tempStore();
  const invalid = { messages: { 1: { id: 2 }, 3: { id: 3, date: 'soon' } }, metadata: {} };
  const { files, enhanced } = store;
  const unnamable = conversation('x'.repeat(300));
  for (const attempt of [
    () => files.saveConversation(invalid),
    () => enhanced.saveConversation(invalid),
    () => enhanced.mergeConversation(invalid),
  ]) {
    await expect(attempt()).rejects.toMatchObject({
      code: 'SCHEMA_INVALID',
      problems: [
        { path: 'metadata.conversation_id' },
        { path: 'messages.1.id' },
        { path: 'messages.3.date' },
      ],
    });
  }
  for (const attempt of [
    () => files.saveConversation(unnamable),
    () => enhanced.saveConversation(unnamable),
    () => enhanced.mergeConversation(unnamable),
  ]) {
    await expect(attempt()).rejects.toThrow(withCode('STORE_INVALID_ID'));
  }
  await expect(stat(store.path)).rejects.toThrow('ENOENT');
});

test('what changes a conversation makes no store where there is none', async () => {
  await using store = await tempStore();
  const { files, enhanced } = store;
  for (const attempt of [
    () => files.markAsProcessed('1'),
    () => files.deleteConversation('1'),
    () => enhanced.markAsProcessed('1'),
    () => enhanced.markAsUnprocessed('1'),
    () => enhanced.deleteConversation('1'),
    () => enhanced.appendMessages('1', messages(1)),
    () => enhanced.deleteMessages('1', [1]),
  ]) {
    await expect(attempt()).rejects.toThrow(withCode('STORE_NOT_A_STORE'));
  }
  await expect(stat(store.path)).rejects.toThrow('ENOENT');
});

test('an existing conversation is not replaced without force, under whichever name it stands', async () => {
  await using store = await tempStore();
  await store.put('Ann Lee_processed.json', serializeConversation(conversation('Ann Lee')));
  await store.files.saveConversation(conversation('1'));
  await store.files.saveConversation(conversation('2'));
  await store.files.markAsProcessed('2');
  const names = await conversationFiles(store.path);
  for (const id of ['1', '2', 'Ann Lee']) {
    await expect(store.files.saveConversation(conversation(id, []))).rejects.toMatchObject({
      code: 'STORE_EXISTS',
      message: expect.stringMatching(/exists \(.*\); pass force to replace it, or import to merge/),
    });
    expect((await store.files.loadConversation(id)).messages.size).toBe(1);
  }
  expect(await conversationFiles(store.path)).toEqual(names);
});

test('among many saves of one new conversation one succeeds', async () => {
  await using store = await tempStore({ durability: 'relaxed' });
  const saves = Array.from({ length: 20 }, (_, index) =>
    new FileManager({ storageDir: store.path }).saveConversation(
      conversation('1', messages(index + 1)),
    ),
  );
  const results = await Promise.allSettled(saves);
  const won = results.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []));
  expect(won).toHaveLength(1);
  for (const result of results) {
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'STORE_EXISTS' });
  }
  expect((await store.files.loadConversation('1')).messages.size).toBe((won[0] ?? 0) + 1);
});

test('force replaces: one file, unprocessed, with the next revision and a new revision id', async () => {
  await using store = await tempStore();
  const { files } = store;
  await files.saveConversation(conversation('1'));
  const first = await files.readMetadata('1');
  await files.markAsProcessed('1');
  const path = await files.saveConversation(conversation('1', messages(5)), { force: true });
  expect(basename(path)).toBe('1_unprocessed.json');
  expect(await conversationFiles(store.path)).toEqual(['1_unprocessed.json']);
  const second = await files.readMetadata('1');
  expect(second).toMatchObject({ revision: 2, message_count: 5 });
  expect(second.revision_id).not.toBe(first.revision_id);
  await files.saveConversation(conversation('1', []), { force: true });
  expect(await files.readMetadata('1')).toMatchObject({ revision: 3, message_count: 0 });
});

test('force replaces what cannot be read', async () => {
  await using store = await tempStore();
  await store.put('1_unprocessed.json', '{"messages":');
  await store.files.saveConversation(conversation('1'), { force: true });
  expect(await store.files.readMetadata('1')).toMatchObject({ revision: 1 });
});

test.each(['unprocessed', 'processed'])(
  'a raw %s name becomes canonical with a save',
  async (status) => {
    await using store = await tempStore();
    await store.put(`Ann Lee_${status}.json`, serializeConversation(conversation('Ann Lee')));
    expect(await store.files.listConversations()).toEqual(['Ann Lee']);
    await store.files.saveConversation(conversation('Ann Lee', messages(2)), { force: true });
    expect(await conversationFiles(store.path)).toEqual(['~41nn~20~4cee_unprocessed.json']);
    expect((await store.files.loadConversation('Ann Lee')).messages.size).toBe(2);
  },
);

test('a raw name becomes canonical when its status changes, and not before', async () => {
  await using store = await tempStore();
  const raw = await store.put('Ann_processed.json', serializeConversation(conversation('Ann')));
  expect(await store.files.markAsProcessed('Ann')).toBe(raw);
  await store.files.markAsUnprocessed('Ann');
  expect(await conversationFiles(store.path)).toEqual(['~41nn_unprocessed.json']);
});

test('marking renames and changes no byte, and marking again changes nothing', async () => {
  await using store = await tempStore();
  const { files, path } = store;
  const saved = await files.saveConversation(conversation('1'));
  const content = await readFile(saved);
  const { ino } = await stat(saved);
  for (const [mark, name] of [
    ['markAsUnprocessed', '1_unprocessed.json'],
    ['markAsProcessed', '1_processed.json'],
    ['markAsProcessed', '1_processed.json'],
    ['markAsUnprocessed', '1_unprocessed.json'],
    ['markAsUnprocessed', '1_unprocessed.json'],
  ] as const) {
    expect(await files[mark]('1')).toBe(join(path, name));
    expect(await conversationFiles(path)).toEqual([name]);
    expect(await readFile(join(path, name))).toEqual(content);
    expect((await stat(join(path, name))).ino).toBe(ino);
  }
});

test('where both names stand the unprocessed one is read, and marking is refused', async () => {
  await using store = await tempStore({ problems: ['CHECK_BOTH_NAMES'] });
  const { files } = store;
  await store.put('1_processed.json', serializeConversation(conversation('1', messages(1))));
  await store.put('1_unprocessed.json', serializeConversation(conversation('1', messages(2))));
  expect((await files.loadConversation('1')).messages.size).toBe(2);
  expect(await files.listConversations()).toEqual(['1']);
  expect(await files.getConversationStats()).toMatchObject({ unprocessedCount: 1, totalCount: 1 });
  await expect(files.markAsProcessed('1')).rejects.toMatchObject({
    code: 'STORE_BOTH_NAMES',
    message: expect.stringMatching(/1_unprocessed\.json and .*1_processed\.json, and remove one/),
  });
  expect(await conversationFiles(store.path)).toHaveLength(2);
});

test('marking is refused where the other name is raw', async () => {
  await using store = await tempStore({ problems: ['CHECK_BOTH_NAMES'] });
  await store.put('Ann_processed.json', serializeConversation(conversation('Ann')));
  await store.put('~41nn_unprocessed.json', serializeConversation(conversation('Ann')));
  await expect(store.files.markAsProcessed('Ann')).rejects.toThrow(withCode('STORE_BOTH_NAMES'));
});

test('a mark that is bound to a file is refused when another stands there', async () => {
  await using store = await tempStore();
  const { files } = store;
  await files.saveConversation(conversation('1'));
  const file = await files.openConversation('1');
  const { identity } = file;
  await file[Symbol.asyncDispose]();
  await files.saveConversation(conversation('1'), { force: true });
  await expect(files.markAsProcessed('1', { unchangedSince: identity })).rejects.toThrow(
    withCode('STORE_CHANGED'),
  );
  expect(await conversationFiles(store.path)).toEqual(['1_unprocessed.json']);
});

test('requireUnprocessed refuses a processed conversation', async () => {
  await using store = await tempStore();
  await store.files.saveConversation(conversation('1'));
  await store.files.loadConversation('1', { requireUnprocessed: true });
  await store.files.markAsProcessed('1');
  await store.files.loadConversation('1');
  await expect(
    store.files.loadConversation('1', { requireUnprocessed: true }),
  ).rejects.toMatchObject({
    code: 'STORE_NOT_UNPROCESSED',
    path: join(store.path, '1_processed.json'),
  });
});

test('delete removes a conversation under all of its names', async () => {
  await using store = await tempStore();
  const { files } = store;
  await files.saveConversation(conversation('1'));
  await files.saveConversation(conversation('2'));
  await store.put('1_processed.json', serializeConversation(conversation('1')));
  await files.deleteConversation('1');
  expect(await conversationFiles(store.path)).toEqual(['2_unprocessed.json']);
  await expect(files.deleteConversation('1')).rejects.toThrow(withCode('STORE_NOT_FOUND'));
  await files.deleteConversation('2');
  expect(await files.listConversations()).toEqual([]);
});

test('lists are in the order of ids, by status, and counts agree with them', async () => {
  await using store = await tempStore();
  const { files } = store;
  const ids = ['10', 'b', '9', '-5', 'a b', '-1001234567890', 'B'];
  for (const id of ids) await files.saveConversation(conversation(id, []));
  await files.markAsProcessed('9');
  await files.markAsProcessed('B');
  const sorted = ['-1001234567890', '-5', '9', '10', 'B', 'a b', 'b'];
  expect(ids.sort(compareMessageIds)).toEqual(sorted);
  expect(await files.listConversations()).toEqual(sorted);
  expect(await files.listConversations({ processed: true })).toEqual(['9', 'B']);
  const waiting = ['-1001234567890', '-5', '10', 'a b', 'b'];
  expect(await files.listConversations({ processed: false })).toEqual(waiting);
  expect(await files.getConversationStats()).toEqual({
    processedCount: 2,
    unprocessedCount: 5,
    totalCount: 7,
  });
});

test('listing opens no file', async () => {
  await using store = await tempStore();
  for (const id of ['1', '2']) await store.files.saveConversation(conversation(id));
  const names: string[] = [];
  const fileSystem = watching(({ name }) => {
    names.push(name);
    return undefined;
  });
  const files = new FileManager({ storageDir: store.path, fileSystem });
  await files.listConversations();
  await files.getConversationStats();
  await files.listFiles();
  expect(names).toEqual(['readdir', 'readdir', 'readdir']);
});

test('the cursor is the last id and date; undefined where nothing is', async () => {
  await using store = await tempStore();
  const { files } = store;
  await files.saveConversation(conversation('1', [message(5), message(40), message(9)]));
  await files.saveConversation(conversation('empty', []));
  expect(await files.getFetchCursor('1')).toEqual({
    lastMessageId: '40',
    lastMessageDate: '2024-01-01T00:00:40Z',
  });
  expect(await files.getFetchCursor('empty')).toBeUndefined();
  expect(await files.getFetchCursor('absent')).toBeUndefined();
});

test('the cursor is found in the messages where the metadata does not say it', async () => {
  await using store = await tempStore();
  await store.put('7_unprocessed.json', {
    metadata: { id: 7 },
    messages: { 30: { date: '2024-01-01T00:00:00Z' }, 4: { date: '2024-03-01T01:00:00+01:00' } },
  });
  await store.put('8_unprocessed.json', { metadata: { id: 8 }, messages: {} });
  expect(await store.files.getFetchCursor('7')).toEqual({
    lastMessageId: '30',
    lastMessageDate: '2024-03-01T00:00:00Z',
  });
  expect(await store.files.getFetchCursor('8')).toBeUndefined();
});

test('nothing is written or marked where an append was interrupted', async () => {
  await using store = await tempStore({ problems: ['CHECK_INTERRUPTED_APPEND'] });
  const { files } = store;
  await files.saveConversation(conversation('1'));
  await store.put('.1.undo', 'anything');
  const names = await readdir(store.path);
  for (const attempt of [
    () => files.saveConversation(conversation('1', []), { force: true }),
    () => files.markAsProcessed('1'),
    () => files.deleteConversation('1'),
  ]) {
    await expect(attempt()).rejects.toMatchObject({
      code: 'STORE_NEEDS_RECOVERY',
      path: join(store.path, '.1.undo'),
      message: expect.stringContaining('run tgstore recover'),
    });
  }
  expect(await readdir(store.path)).toEqual(names);
  expect((await files.loadConversation('1')).messages.size).toBe(1);
  await files.saveConversation(conversation('2'));
});

test('an undo record that stands where there is no conversation refuses a new one', async () => {
  await using store = await tempStore();
  const record = await store.put('.1.undo', 'anything');
  await expect(store.files.saveConversation(conversation('1'))).rejects.toThrow(
    withCode('STORE_NEEDS_RECOVERY'),
  );
  expect(await readdir(store.path)).toEqual(['.1.undo']);
  await rm(record);
});

test.each(['absent', '../../evil', '', 'x'.repeat(300), '\ud800', 'a\0b'])(
  'the id %j is found nowhere',
  async (id) => {
    await using store = await tempStore();
    const { files, enhanced } = store;
    await files.saveConversation(conversation('1'));
    for (const attempt of [
      () => files.loadConversation(id),
      () => files.readMetadata(id),
      () => collect(files.readMessages(id)),
      () => files.openConversation(id),
      () => files.markAsProcessed(id),
      () => files.markAsUnprocessed(id),
      () => files.deleteConversation(id),
      () => enhanced.markAsProcessed(id),
      () => enhanced.markAsUnprocessed(id),
      () => enhanced.deleteConversation(id),
      () => enhanced.deleteMessages(id, [1]),
    ]) {
      await expect(attempt()).rejects.toThrow(withCode('STORE_NOT_FOUND'));
    }
    await expect(enhanced.appendMessages(id, messages(1))).rejects.toThrow(
      withCode(id === '' ? 'SCHEMA_INVALID' : 'STORE_NOT_FOUND'),
    );
  },
);

test('an id that names a file outside is a name inside', async () => {
  await using store = await tempStore();
  const evil = '../../evil';
  const path = await store.files.saveConversation(conversation(evil));
  expect(path).toBe(join(store.path, '~2e.~2f..~2fevil_unprocessed.json'));
  await store.files.markAsProcessed(evil);
  await store.files.deleteConversation(evil);
  await store.files.saveConversation(conversation('\0'));
});

test('a directory that is missing, empty or a file is no store', async () => {
  await using directory = await tempDirectory();
  await mkdir(join(directory.path, 'empty'));
  await mkdir(join(directory.path, 'photos'));
  await writeFile(join(directory.path, 'photos', 'result.json'), '{}');
  await writeFile(join(directory.path, 'file'), '');
  for (const name of ['missing', 'empty', 'photos', 'file']) {
    const files = new FileManager({ storageDir: join(directory.path, name) });
    for (const attempt of [
      () => files.listConversations(),
      () => files.listFiles({ settled: true }),
      () => files.getConversationStats(),
      () => collect(files.listMetadata()),
      () => collect(files.check()),
    ]) {
      await expect(attempt()).rejects.toMatchObject({
        code: 'STORE_NOT_A_STORE',
        path: join(directory.path, name),
        message: expect.stringMatching(/is not a store; check the path, or import into it/),
      });
    }
  }
  expect(() => new FileManager({ storageDir: '' })).toThrow(TypeError);
});

test('an empty store is a store', async () => {
  await using store = await tempStore();
  await store.files.saveConversation(conversation('1'));
  await store.files.deleteConversation('1');
  expect(await store.files.listConversations()).toEqual([]);
  const { format_version, created_at } = JSON.parse(
    await readFile(join(store.path, '.tgstore', 'store.json'), 'utf8'),
  );
  expect(format_version).toBe(1);
  expect(Date.parse(created_at)).toBeGreaterThan(Date.now() - 60_000);
});

test.each([0o000, 0o022, 0o077, 0o777])(
  'directories are made with mode 0700 and files with 0600, under the umask %o',
  async (umask) => {
    await using store = await tempStore();
    const before = process.umask(umask);
    try {
      await store.files.saveConversation(conversation('1'));
      await store.files.saveConversation(conversation('1'), { force: true });
    } finally {
      process.umask(before);
    }
    const modeOf = async (name: string) => (await stat(join(store.path, name))).mode & 0o7777;
    expect(await modeOf('.')).toBe(0o700);
    expect(await modeOf('.tgstore')).toBe(0o700);
    expect(await modeOf('.tgstore/store.json')).toBe(0o600);
    expect(await modeOf('1_unprocessed.json')).toBe(0o600);
  },
);

test('a store may lie in directories that do not exist yet', async () => {
  await using directory = await tempDirectory();
  const files = new FileManager({ storageDir: join(directory.path, 'db', 'telegram', 'chats') });
  await files.saveConversation(conversation('1'));
  expect((await stat(join(directory.path, 'db'))).mode & 0o777).toBe(0o700);
  expect(await files.listConversations()).toEqual(['1']);
});

test('readers make no call that writes', async () => {
  await using store = await tempStore();
  await store.files.saveConversation(conversation('1'));
  await store.put('Ann_processed.json', serializeConversation(conversation('Ann')));
  const fileSystem = watching(({ name, args }) => {
    const reads = ['readdir', 'lstat', 'stat', 'handle.stat', 'handle.read', 'handle.close'];
    const opensToRead = name === 'open' && (args[1] === 'r' || (Number(args[1]) & 3) === 0);
    if (!reads.includes(name) && !opensToRead) throw systemError('EROFS', name);
    return undefined;
  });
  const files = new FileManager({ storageDir: store.path, fileSystem });
  for (const id of ['1', 'Ann']) {
    await files.loadConversation(id);
    await files.readMetadata(id);
    await files.getFetchCursor(id);
    expect(await collect(files.readMessages(id))).toHaveLength(1);
  }
  await files.markAsUnprocessed('1');
  await collect(files.listMetadata());
  await collect(files.check());
  await files.getConversationStats();
  await expect(files.markAsProcessed('1')).rejects.toThrow(withCode('EROFS'));
});

test('a store in a directory that may not be written can be read', async () => {
  await using store = await tempStore();
  await store.files.saveConversation(conversation('1'));
  const files = new FileManager({ storageDir: store.path });
  await chmod(store.path, 0o500);
  try {
    expect(await files.listConversations()).toEqual(['1']);
    await files.loadConversation('1');
    expect((await collect(files.check())).map(({ code }) => code)).toEqual([]);
  } finally {
    await chmod(store.path, 0o700);
  }
});

test('who reads while a file is replaced reads the old one whole', async () => {
  await using store = await tempStore();
  const { files } = store;
  await files.saveConversation(conversation('1', messages(20_000, { text: 'old' })));
  await using open = await files.openConversation('1');
  const texts = new Set<Message['text']>();
  let count = 0;
  for await (const { text } of files.readMessages('1')) {
    count += 1;
    texts.add(text);
    if (count === 10) {
      await files.saveConversation(conversation('1', messages(3, { text: 'new' })), {
        force: true,
      });
      await files.markAsProcessed('1');
    }
  }
  expect(count).toBe(20_000);
  expect([...texts]).toEqual(['old']);
  expect((await open.load()).messages.size).toBe(20_000);
  expect(await open.readMetadata()).toMatchObject({ message_count: 20_000, revision: 1 });
  expect((await files.loadConversation('1')).messages.size).toBe(3);
});

test.each([
  ['open', 1],
  ['open', 2],
  ['open', 5],
])('a conversation whose name changes before %s (%i times) is found', async (call, times) => {
  await using store = await tempStore();
  const { files, path } = store;
  await files.saveConversation(conversation('1'));
  await files.markAsProcessed('1');
  let moves = 0;
  const fileSystem = watching(async ({ name, args }) => {
    const [current = ''] = await conversationFiles(path);
    if (name !== call || moves === times || args[0] !== join(path, current)) return undefined;
    moves += 1;
    await files[current === '1_processed.json' ? 'markAsUnprocessed' : 'markAsProcessed']('1');
    return undefined;
  });
  const watched = new FileManager({ storageDir: path, fileSystem });
  expect((await watched.loadConversation('1')).messages.size).toBe(1);
  expect(moves).toBe(times);
});

test('relaxed durability makes no sync, full makes several', async () => {
  await using store = await tempStore();
  for (const [durability, id] of [
    ['relaxed', '1'],
    ['full', '2'],
  ] as const) {
    let syncs = 0;
    const fileSystem = watching(({ name }) => {
      if (name === 'handle.sync') syncs += 1;
      return undefined;
    });
    const files = new FileManager({ storageDir: store.path, durability, fileSystem });
    await files.saveConversation(conversation(id));
    await files.saveConversation(conversation(id), { force: true });
    await files.markAsProcessed(id);
    await files.deleteConversation(id);
    if (durability === 'relaxed') expect(syncs).toBe(0);
    else expect(syncs).toBeGreaterThanOrEqual(6);
  }
});

test('a link is not followed, neither to read nor to write', async () => {
  await using store = await tempStore();
  await using outside = await tempDirectory();
  const target = join(outside.path, 'secret.json');
  const content = serializeConversation(conversation('1'));
  await writeFile(target, content);
  await store.files.saveConversation(conversation('2'));
  await symlink(target, join(store.path, '1_unprocessed.json'));
  await expect(store.files.loadConversation('1')).rejects.toMatchObject({
    code: 'STORE_INVALID_FILE',
    message: expect.stringContaining('is no regular file; move it away'),
  });
  await store.files.saveConversation(conversation('1', []), { force: true });
  expect(await readFile(target, 'utf8')).toBe(content);
  expect((await store.files.loadConversation('1')).messages.size).toBe(0);
});

test('what a killed process left is removed at the first write; where only recovering and restoring write, by recover', async () => {
  await using store = await tempStore();
  await store.files.saveConversation(conversation('1'));
  const old = '.tgstore-00000000-0000001-0123456789.tmp';
  const directories = ['.', '.tgstore', '.tgstore/restore', '.tgstore/quarantine'];
  for (const directory of directories) {
    const path = join(store.path, directory, old);
    await mkdir(join(store.path, directory), { recursive: true });
    await writeFile(path, 'half');
    await utimes(path, 1, 1);
  }
  await new FileManager({ storageDir: store.path }).markAsProcessed('1');
  expect(await readdir(store.path)).toEqual(expect.not.arrayContaining([old]));
  const left = async () => await readdir(join(store.path, '.tgstore'), { recursive: true });
  expect(await left()).toEqual(expect.not.arrayContaining([old]));
  await new EnhancedFileManager({ storageDir: store.path }).recover();
  const names = (await left()).filter((name) => !name.startsWith('locks'));
  expect(names.sort()).toEqual(['quarantine', 'restore', 'store.json']);
});

test('a store that a newer release made can be read, but not written', async () => {
  await using store = await tempStore();
  await store.files.saveConversation(conversation('1'));
  const path = join(store.path, '.tgstore', 'store.json');
  await writeFile(path, '{"format_version":2}');
  const files = new FileManager({ storageDir: store.path });
  await expect(files.saveConversation(conversation('2'))).rejects.toThrow(
    withCode('STORE_VERSION_TOO_NEW'),
  );
  await expect(files.markAsProcessed('1')).rejects.toThrow(withCode('STORE_VERSION_TOO_NEW'));
  expect(await files.listConversations()).toEqual(['1']);
  // conversations do not need the file: a broken one stands in nobody's way
  const broken = [
    '{"format',
    '{"format_version":{"toString":1,"valueOf":1}}',
    '{"format_version":"2"}',
  ];
  for (const [index, text] of broken.entries()) {
    await writeFile(path, text);
    const again = new FileManager({ storageDir: store.path });
    await again.saveConversation(conversation(`${2 + index}`));
  }
});
