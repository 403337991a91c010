import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FIRST_LINE } from '@tgstore/schema';
import { tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { type CheckCode, EnhancedFileManager, type MigratedConversation } from '../src/index.ts';
import { collect } from './support/collect.ts';
import { put } from './support/damages.ts';
import { failing, systemError, watching } from './support/faults.ts';
import { findings } from './support/store.ts';
import { readTree } from './support/tree.ts';

// Stores as the original Python module left them.

/** As `json.dump` writes with its defaults. */
function python(value: unknown, indent: 2 | 4): string {
  return JSON.stringify(value, null, indent).replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const FIRST = {
  metadata: {
    conversation_id: '12345',
    name: 'Анна',
    username: null,
    is_group: false,
    is_channel: false,
    chat_type: 'private',
    last_message_date: '2023-11-15T12:31:00+00:00',
    last_update: '2023-11-15 14:30:00+02:00',
    participants: [{ id: 1, username: 'ann', color: 'red' }],
    mood: { good: true },
  },
  messages: {
    101: {
      id: 101,
      sender_id: 'user1',
      text: 'Привет 👋',
      date: '2023-11-15T14:30:00+02:00',
      views: 7,
    },
    102: { id: 102, text: 'Hi', date: '2023-11-15T12:31:00+00:00', raw_data: { a: [1, null] } },
  },
  exporter: { version: '0.9' },
};

const LATER = {
  metadata: {
    id: -1001234567890,
    name: 'Group',
    isGroup: true,
    isChannel: false,
    last_message: { id: 9007199254740991, text: 'last', date: '2023-11-15T12:30:00+00:00' },
    last_updated: '2023-11-15T13:00:00+00:00',
    pinned: [3, 2],
  },
  messages: {
    9007199254740991: { id: 9007199254740991, text: 'last', date: '2023-11-15T12:30:00+00:00' },
    '-5': { id: -5, text: 'of the group before', date: '2020-01-01T00:00:00+00:00' },
    7: { text: 'no id', date: '2021-01-01T00:00:00' },
  },
};

const named = (id: string, list: readonly number[]) => ({
  metadata: { ...FIRST.metadata, conversation_id: id, last_message_date: undefined },
  messages: Object.fromEntries(
    list.map((number) => [
      number,
      { id: number, text: `text ${number}`, date: '2023-01-01T00:00:00Z', own: number },
    ]),
  ),
});

const STORE: Record<string, string> = {
  '12345_unprocessed.json': python(FIRST, 2),
  '-1001234567890_processed.json': python(LATER, 4),
  'Ann Lee_processed.json': python(named('Ann Lee', [1, 2]), 4),
  'Группа_unprocessed.json': python(named('Группа', [1]), 2),
  '500_unprocessed.json': python(named('500', [1, 2]), 2),
  '500_processed.json': python(named('500', [2, 3]), 2),
  '12345_unprocessed.json.lock': '',
  'Ann Lee_processed.json.lock': 'pid 77',
};
const IDS = ['-1001234567890', '500', '12345', 'Ann Lee', 'Группа'];
const GROUP = '~d0~93~d1~80~d1~83~d0~bf~d0~bf~d0~b0';
const RENAMED_LATER: MigratedConversation['renamedKeys'] = [
  ['id', 'conversation_id'],
  ['isGroup', 'is_group'],
  ['isChannel', 'is_channel'],
  ['last_updated', 'last_update'],
  ['last_message', 'last_message_id, last_message_date'],
];
const PLAN: MigratedConversation[] = [
  plan('-1001234567890', '-1001234567890_processed.json', undefined, RENAMED_LATER),
  plan('500', '500_unprocessed.json'),
  plan('12345', '12345_unprocessed.json'),
  plan('Ann Lee', 'Ann Lee_processed.json', '~41nn~20~4cee_processed.json'),
  plan('Группа', 'Группа_unprocessed.json', `${GROUP}_unprocessed.json`),
];

test('a store of the original opens as it is, and nothing is written to read it', async () => {
  await using store = await tempOriginal();
  const { files, path } = store;
  expect(await files.listConversations()).toEqual(IDS);
  expect(await files.listConversations({ processed: true })).toEqual(['-1001234567890', 'Ann Lee']);
  expect(await files.getConversationStats()).toEqual({
    processedCount: 2,
    unprocessedCount: 3,
    totalCount: 5,
  });
  const first = await files.loadConversation('12345');
  expect(first.metadata).toEqual({
    ...FIRST.metadata,
    last_message_date: '2023-11-15T12:31:00Z',
    last_update: '2023-11-15T12:30:00Z',
  });
  expect([...first.messages.values()]).toEqual([
    { ...FIRST.messages[101], date: '2023-11-15T12:30:00Z' },
    { ...FIRST.messages[102], date: '2023-11-15T12:31:00Z' },
  ]);
  expect(first.other).toEqual({ exporter: FIRST.exporter });
  expect(await files.readMetadata('-1001234567890')).toEqual({
    conversation_id: '-1001234567890',
    name: 'Group',
    is_group: true,
    is_channel: false,
    last_message: LATER.metadata.last_message,
    last_message_id: 9007199254740991,
    last_message_date: '2023-11-15T12:30:00Z',
    last_update: '2023-11-15T13:00:00Z',
    pinned: [3, 2],
  });
  expect(await collect(files.readMessages('-1001234567890'))).toEqual([
    { id: -5, text: 'of the group before', date: '2020-01-01T00:00:00Z' },
    { id: 7, text: 'no id', date: '2021-01-01T00:00:00Z' },
    { id: 9007199254740991, text: 'last', date: '2023-11-15T12:30:00Z' },
  ]);
  expect(await collect(files.readMessages('Группа'))).toHaveLength(1);
  expect(await files.getFetchCursor('12345')).toEqual({
    lastMessageId: '102',
    lastMessageDate: '2023-11-15T12:31:00Z',
  });
  expect([...(await readTree(path)).keys()].sort()).toEqual(Object.keys(STORE).sort());
});

test('it can be processed as it is: each unprocessed conversation once', async () => {
  await using store = await tempOriginal();
  const given: string[] = [];
  const take = async ({
    id,
    load,
  }: {
    id: string;
    load(): Promise<{ messages: { size: number } }>;
  }) => void given.push(`${id}: ${(await load()).messages.size}`);
  await store.files.processAllUnprocessed(take);
  expect(given.sort()).toEqual(['12345: 2', '500: 3', 'Группа: 1']);
  await store.files.processAllUnprocessed(take);
  expect(given).toHaveLength(3);
  expect((await store.files.getConversationStats()).unprocessedCount).toBe(0);
});

test('check says what names and spellings will become', async () => {
  await using store = await tempOriginal();
  const found = await findings(store.path);
  const codes: Partial<Record<CheckCode, number>> = {};
  for (const { code } of found) codes[code] = (codes[code] ?? 0) + 1;
  expect(codes).toEqual({
    CHECK_BOTH_NAMES: 1,
    CHECK_FOREIGN_LAYOUT: 5,
    CHECK_LEFTOVER_LOCK: 2,
    CHECK_RAW_NAME: 2,
  });
  expect(found.find(({ code, id }) => code === 'CHECK_RAW_NAME' && id === 'Ann Lee')?.remedy).toBe(
    'nothing: its next write names it ~41nn~20~4cee_processed.json; tgstore migrate does it at once',
  );
  const later = found.find(({ id }) => id === '-1001234567890');
  for (const [from, to] of RENAMED_LATER) expect(later?.message).toContain(`${from} becomes ${to}`);
  expect(later?.severity).toBe('notice');
});

test('a dry run says what would be done, and does nothing', async () => {
  await using store = await tempOriginal();
  const before = await readTree(store.path);
  const seen: MigratedConversation[] = [];
  const onConversation = (conversation: MigratedConversation) => seen.push(conversation);
  const result = await store.files.migrate({ dryRun: true, onConversation });
  expect(result).toEqual({
    migrated: PLAN,
    movedLocks: ['12345_unprocessed.json.lock', 'Ann Lee_processed.json.lock'],
    failed: [],
  });
  expect(seen).toEqual(PLAN);
  expect(await readTree(store.path)).toEqual(before);
});

test('migrating gives each its name and layout, keeps status and content, and a second time does nothing', async () => {
  await using store = await tempOriginal();
  const { files, path } = store;
  const before = new Map<string, Awaited<ReturnType<typeof files.loadConversation>>>();
  for (const id of IDS) before.set(id, await files.loadConversation(id));
  expect((await files.migrate()).migrated).toEqual(PLAN);

  expect(await findings(path)).toEqual([]);
  const names = PLAN.map(({ to }) => to);
  const tree = await readTree(path);
  const conversations = [...tree.keys()].filter((name) => /^[^/]*\.json$/.test(name));
  expect(conversations.sort()).toEqual([...names].sort());
  for (const name of names) expect(tree.get(name)?.content.startsWith(FIRST_LINE)).toBe(true);
  for (const [id, old] of before) {
    const { metadata, messages, other } = await files.loadConversation(id);
    for (const [key, message] of old.messages) expect(messages.get(key), key).toEqual(message);
    expect(messages.size).toBe(id === '500' ? 3 : old.messages.size);
    const { last_update: _set, ...kept } = old.metadata;
    expect(metadata).toMatchObject(JSON.parse(JSON.stringify(kept)));
    expect(metadata).toMatchObject({ schema_version: 1, message_count: messages.size });
    expect(other).toEqual(old.other);
  }
  // what the file itself says, with no reader of ours in between
  const first = JSON.parse(await readFile(join(path, '12345_unprocessed.json'), 'utf8'));
  expect(first).toMatchObject({ exporter: FIRST.exporter, metadata: { mood: { good: true } } });
  expect(first.messages[101]).toEqual({ ...FIRST.messages[101], date: '2023-11-15T12:30:00Z' });
  const later = JSON.parse(await readFile(join(path, '-1001234567890_processed.json'), 'utf8'));
  expect(later.metadata.last_message).toEqual(LATER.metadata.last_message);
  expect(later.messages[7]).toEqual({ id: 7, text: 'no id', date: '2021-01-01T00:00:00Z' });

  const quarantine = [...tree].filter(([name]) => name.startsWith('.tgstore/quarantine/'));
  const kept = (name: string) =>
    quarantine.find(([moved]) => moved.startsWith(`.tgstore/quarantine/${name}.2`))?.[1].content;
  expect(kept('12345_unprocessed.json.lock')).toBe('');
  expect(kept('Ann Lee_processed.json.lock')).toBe('pid 77');
  expect(kept('500_processed.json')).toBe(STORE['500_processed.json']);

  expect(await files.migrate()).toEqual({ migrated: [], movedLocks: [], failed: [] });
  expect(await readTree(path)).toEqual(tree);
});

test('what was processed stays so and is not handed over again', async () => {
  await using store = await tempOriginal();
  await store.files.migrate();
  expect(await store.files.listConversations({ processed: true })).toEqual([
    '-1001234567890',
    'Ann Lee',
  ]);
  const given: string[] = [];
  await store.files.processAllUnprocessed(({ id }) => void given.push(id));
  expect(given.sort()).toEqual(['12345', '500', 'Группа']);
  // what comes then is the change since
  await store.files.appendMessages('Ann Lee', [
    { id: 3, text: 'new', date: '2024-01-01T00:00:00Z' },
  ]);
  const added: unknown[] = [];
  await store.files.processAllUnprocessed((_conversation, { changes }) => {
    added.push(changes.everything, ...changes.added);
  });
  expect(added).toEqual([false, { first: '3', last: '3' }]);
});

test('one broken file is reported, and does not stop the others', async () => {
  const cut = python(FIRST, 2).slice(0, 700);
  await using store = await tempOriginal({
    '666_unprocessed.json': cut,
    [`${'A'.repeat(90)}_processed.json`]: python(named('A'.repeat(90), [1]), 2),
  });
  const { migrated, failed } = await store.files.migrate();
  expect(migrated).toEqual(PLAN);
  expect(failed).toMatchObject([
    { id: '666', error: { code: 'STORE_INVALID_FILE' } },
    { id: 'A'.repeat(90), error: { code: 'STORE_INVALID_ID' } },
  ]);
  expect(await readFile(join(store.path, '666_unprocessed.json'), 'utf8')).toBe(cut);
});

test('one file that another program has locked or removed is reported too', async () => {
  await using store = await tempOriginal();
  const fileSystem = watching(({ name, args }) => {
    const isAnn = String(args[1]).includes('~41nn');
    if (name === 'rename' && isAnn) throw systemError('EBUSY', 'rename');
    return undefined;
  });
  await using files = new EnhancedFileManager({ storageDir: store.path, fileSystem });
  const { migrated, failed } = await files.migrate();
  expect(migrated.map(({ id }) => id)).toEqual(IDS.filter((id) => id !== 'Ann Lee'));
  expect(failed).toMatchObject([{ id: 'Ann Lee', error: { code: 'EBUSY' } }]);
  expect((await store.files.loadConversation('Ann Lee')).messages.size).toBe(2);
  expect((await store.files.migrate()).migrated.map(({ id }) => id)).toEqual(['Ann Lee']);
});

test('where its last step fails, what was processed is not handed over again', async () => {
  await using store = await tempOriginal();
  const fileSystem = watching(({ name, args }) => {
    const isLast = name === 'rename' && String(args[1]).endsWith('~4cee_processed.json');
    if (isLast) throw systemError('EIO', 'rename');
    return undefined;
  });
  await using files = new EnhancedFileManager({ storageDir: store.path, fileSystem });
  expect((await files.migrate()).failed).toMatchObject([{ id: 'Ann Lee' }]);
  expect(await store.files.listConversations({ processed: true })).toEqual(['-1001234567890']);
  const given: string[] = [];
  await store.files.processAllUnprocessed(({ id }) => void given.push(id));
  expect(given.sort()).toEqual(['12345', '500', 'Группа']);
  expect(await store.files.listConversations({ processed: false })).toEqual([]);
});

const LANES = 4;
// the same few calls again and again, for each conversation
const STRIDE = 5;

test.each([false, true])(
  'whichever call fails (from then on: %s), nothing is lost, and the next time migrates',
  async (forEver) => {
    await using template = await tempOriginal();
    const texts = await textsOf(template.files);
    let calls = 0;
    const lane = async (): Promise<void> => {
      do calls += 1;
      while (await failAt(template.path, texts, { forEver, at: calls * STRIDE }));
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    expect(calls - LANES).toBeGreaterThan(100 / STRIDE);
  },
);

/** False when migrating makes fewer calls. */
async function failAt(
  template: string,
  texts: Record<string, string[]>,
  { forEver, at }: { forEver: boolean; at: number },
): Promise<boolean> {
  await using directory = await tempDirectory();
  const path = join(directory.path, 'chats');
  await cp(template, path, { recursive: true });
  const { fileSystem, calls, openHandles } = failing('EIO', at, forEver);
  await using files = new EnhancedFileManager({ storageDir: path, fileSystem });
  await files.migrate().catch((error: unknown) => error);
  const where = `call ${at} of ${calls.length}: ${calls[at - 1]}, after ${calls.slice(-9)}`;
  expect(openHandles(), where).toBe(0);
  await using after = new EnhancedFileManager({ storageDir: path, durability: 'relaxed' });
  expect(await textsOf(after), where).toEqual(texts);
  expect((await after.migrate()).failed, where).toEqual([]);
  expect(await textsOf(after), where).toEqual(texts);
  const found = await findings(path);
  expect(
    found.filter(({ code }) => code !== 'CHECK_TEMPORARY_FILE'),
    where,
  ).toEqual([]);
  return calls.length >= at;
}

/** The texts of all messages, by id; of two files of one conversation together. */
async function textsOf(files: EnhancedFileManager): Promise<Record<string, string[]>> {
  const texts: Record<string, string[]> = {};
  for (const { id } of await files.listFiles()) {
    const read = await collect(files.readMessages(id));
    // the other name brings the third
    const all = id === '500' ? read.slice(0, 2) : read;
    texts[id] = all.map(({ text }) => text ?? '');
  }
  return texts;
}

test('it stops between two conversations', async () => {
  await using store = await tempOriginal();
  const abort = new AbortController();
  const reason = new Error('stop');
  const options = { signal: abort.signal, onConversation: () => abort.abort(reason) };
  await expect(store.files.migrate(options)).rejects.toBe(reason);
  expect((await store.files.migrate()).migrated).toEqual(PLAN.slice(1));
});

interface Original extends AsyncDisposable {
  readonly path: string;
  readonly files: EnhancedFileManager;
}

async function tempOriginal(more: Record<string, string> = {}): Promise<Original> {
  const directory = await tempDirectory();
  const path = join(directory.path, 'chats');
  await put({ ...STORE, ...more })(path);
  const files = new EnhancedFileManager({ storageDir: path });
  return {
    path,
    files,
    async [Symbol.asyncDispose]() {
      await files.close();
      await directory[Symbol.asyncDispose]();
    },
  };
}

function plan(
  id: string,
  from: string,
  to = from,
  renamedKeys: MigratedConversation['renamedKeys'] = [],
): MigratedConversation {
  return { id, from, to, renamedKeys };
}
