import { once } from 'node:events';
import { readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { isTemporaryName } from '@tgstore/fs';
import { type Message, sampleConversation, serializeConversation } from '@tgstore/schema';
import { startTypeScript, tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import {
  type Changes,
  EnhancedFileManager,
  type EnhancedFileManagerOptions,
  type FileSystem,
  type Logger,
} from '../src/index.ts';
import { collect } from './support/collect.ts';
import { conversation, message, messages } from './support/conversations.ts';
import { failing, systemError, watching } from './support/faults.ts';
import { conversationFiles, errorsOf, type TempStore, tempStore } from './support/store.ts';

type OpenOptions = Omit<EnhancedFileManagerOptions, 'storageDir'>;

function open({ path }: { readonly path: string }, options: OpenOptions = {}): EnhancedFileManager {
  return new EnhancedFileManager({ storageDir: path, durability: 'relaxed', ...options });
}

/** Every file of a store but its locks, with its inode and its content. */
async function everything(path: string): Promise<Record<string, unknown>> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !/[/\\]locks\b/.test(entry.parentPath));
  const states = files.map(async ({ parentPath, name }) => {
    const file = join(parentPath, name);
    return [file, { inode: (await stat(file)).ino, content: await readFile(file, 'utf8') }];
  });
  return Object.fromEntries(await Promise.all(states));
}

const textsOf = async (store: EnhancedFileManager, id: string) =>
  Object.fromEntries(
    (await collect(store.readMessages(id))).map((one) => [String(one.id), one.text]),
  );

const edit = (id: number, text: string, day = 1): Message =>
  message(id, { text, edit_date: `2024-02-0${day}T00:00:00Z` });

async function readStateOf(path: string, id: string): Promise<Record<string, unknown> | undefined> {
  const text = await readFile(join(path, '.tgstore', 'state', `${id}.json`), 'utf8').catch(
    () => '',
  );
  return text === '' ? undefined : JSON.parse(text);
}

/** Hands all that is unprocessed over once; returns what was handed over: ids of the messages, and the changes. */
async function process(
  store: EnhancedFileManager,
): Promise<Record<string, { ids: string[]; changes: Changes }>> {
  const handedOver: Record<string, { ids: string[]; changes: Changes }> = {};
  const results = await store.processAllUnprocessed(async (inHand, { changes }) => {
    const changed = await collect(inHand.changedMessages());
    handedOver[inHand.id] = { ids: changed.map(({ id }) => String(id)), changes };
  });
  for (const { status } of results.values()) expect(status).toBe('processed');
  return handedOver;
}

// what changes of content do

test('appendMessages adds, edits and leaves, and says how many of each', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  await store.saveConversation(conversation('1', messages(3)));
  const change = await store.appendMessages('1', [message(9), edit(2, 'new'), message(1)]);
  expect(change).toEqual({
    added: 1,
    edited: 1,
    unchanged: 2,
    deleted: 0,
    revision: 2,
    status: 'unprocessed',
    isNew: false,
  });
  expect(await textsOf(store, '1')).toEqual({ 1: 'text 1', 2: 'new', 3: 'text 3', 9: 'text 9' });
  expect(await store.readMetadata('1')).toMatchObject({
    message_count: 4,
    last_message_id: 9,
    last_message_date: '2024-01-01T00:00:09Z',
    revision: 2,
  });
});

test('appendMessages keeps metadata and what stands beside the messages', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  const other = JSON.parse('{"notes":[1],"__proto__":{"a":1}}');
  await store.saveConversation({ ...conversation('1', messages(1), { name: 'Ann' }), other });
  await store.appendMessages('1', messages(2));
  const loaded = await store.loadConversation('1');
  expect(loaded.metadata.name).toBe('Ann');
  expect(JSON.stringify(loaded.other)).toBe(JSON.stringify(other));
});

test('appendMessages without anything new changes no byte', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  await store.saveConversation(conversation('1', messages(3)));
  const before = await everything(dir.path);
  for (const given of [[], messages(3), [message(3)]]) {
    expect(await store.appendMessages('1', given)).toMatchObject({
      added: 0,
      edited: 0,
      unchanged: 3,
      revision: 1,
      isNew: false,
    });
  }
  expect(await everything(dir.path)).toEqual(before);
});

test('mergeConversation saves what is new, and merges what is not', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  expect(await store.mergeConversation(conversation('1', messages(2)))).toEqual({
    added: 2,
    edited: 0,
    unchanged: 0,
    deleted: 0,
    revision: 1,
    status: 'unprocessed',
    isNew: true,
  });
  const second = conversation('1', [edit(2, 'new'), message(-5), message(7)], { name: 'Ann' });
  expect(await store.mergeConversation(second)).toMatchObject({
    added: 2,
    edited: 1,
    unchanged: 1,
    revision: 2,
    isNew: false,
  });
  expect((await collect(store.readMessages('1'))).map(({ id }) => id)).toEqual([-5, 1, 2, 7]);
  const before = await everything(dir.path);
  expect(await store.mergeConversation(second)).toMatchObject({ unchanged: 4, revision: 2 });
  expect(await store.mergeConversation(await store.loadConversation('1'))).toMatchObject({
    unchanged: 4,
    revision: 2,
  });
  expect(await everything(dir.path)).toEqual(before);
});

test('the same conversation merged again changes nothing, whatever it leaves out or says is null', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  await store.mergeConversation(sampleConversation());
  await store.markAsProcessed('12345');
  const before = await everything(dir.path);
  const { metadata, ...rest } = sampleConversation();
  const { source: _, username, ...less } = metadata;
  for (const given of [metadata, less, { ...metadata, username: null }]) {
    expect(await store.mergeConversation({ ...rest, metadata: given })).toMatchObject({
      unchanged: 3,
      revision: 1,
      status: 'processed',
    });
  }
  expect(username).toBe('ann_lee');
  expect(await everything(dir.path)).toEqual(before);
});

test('saveConversation refuses what is there without force', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  const path = await store.saveConversation(conversation('1', messages(2)));
  const before = await everything(dir.path);
  await expect(store.saveConversation(conversation('1', messages(3)))).rejects.toMatchObject({
    code: 'STORE_EXISTS',
    path,
  });
  expect(await everything(dir.path)).toEqual(before);
});

test('saveConversation with force replaces; what is missing is gone, and logged as deleted', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  await store.saveConversation(conversation('1', messages(4)));
  const path = await store.saveConversation(
    conversation('1', [message(1, { text: 'other' }), message(3), message(9)]),
    { force: true },
  );
  expect(path).toBe(join(dir.path, '1_unprocessed.json'));
  expect(await textsOf(store, '1')).toEqual({ 1: 'other', 3: 'text 3', 9: 'text 9' });
  const changes = await store.changes('1', { sinceRevision: 1 });
  expect(changes).toMatchObject({
    everything: false,
    added: [{ first: '9', last: '9' }],
    edited: ['1'],
    deleted: ['2', '4'],
  });
  expect(await collect(store.history('1', 2))).toMatchObject([
    { kind: 'deleted', operation: 'save', revision: 2, before: { text: 'text 2' } },
  ]);
});

test('a conversation that is saved again as it is stays as it is, its status too', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  await store.saveConversation(sampleConversation());
  await store.markAsProcessed('12345');
  const before = await everything(dir.path);
  const loaded = await store.loadConversation('12345');
  for (const again of [loaded, sampleConversation()]) {
    const path = await store.saveConversation(again, { force: true });
    expect(path).toBe(join(dir.path, '12345_processed.json'));
  }
  expect(await everything(dir.path)).toEqual(before);
});

test('deleteMessages leaves tombstones, which no older export revives', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  const late = message(2, { text: 'late edit', edit_date: '2030-01-01T00:00:00Z' });
  const older = conversation('1', [message(1), late, message(3)]);
  await store.saveConversation(older);
  expect(await store.deleteMessages('1', [2, '3', 77])).toEqual({
    added: 0,
    edited: 0,
    unchanged: 1,
    deleted: 2,
    revision: 2,
    status: 'unprocessed',
    isNew: false,
  });
  const tombstone = { id: 2, sender_id: 'user1', date: message(2).date, text: '', deleted: true };
  const after = await store.loadConversation('1');
  expect(after.messages.get('2')).toEqual(tombstone);
  await store.mergeConversation(older);
  await store.appendMessages('1', older.messages.values());
  expect((await store.loadConversation('1')).messages).toEqual(after.messages);
  expect(await store.readMetadata('1')).toMatchObject({ revision: 2, message_count: 3 });
});

test('deleteMessages with unknown ids, or once more, changes nothing', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  await store.saveConversation(conversation('1', messages(3)));
  await store.deleteMessages('1', [1]);
  await store.markAsProcessed('1');
  const before = await everything(dir.path);
  for (const ids of [[], [1], ['1', 99, '__proto__', 'x']]) {
    expect(await store.deleteMessages('1', ids)).toMatchObject({
      deleted: 0,
      unchanged: 3,
      revision: 2,
      status: 'processed',
    });
  }
  expect(await everything(dir.path)).toEqual(before);
});

test('what is not there can be neither appended to, marked nor deleted', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  await store.saveConversation(conversation('1'));
  const before = await everything(dir.path);
  const attempts = [
    () => store.appendMessages('2', [message(1)]),
    () => store.deleteMessages('2', [1]),
    () => store.markAsProcessed('2'),
    () => store.markAsUnprocessed('2'),
    () => store.deleteConversation('2'),
    () => store.changes('2'),
    () => collect(store.history('2')),
  ];
  for (const attempt of attempts) {
    await expect(attempt()).rejects.toMatchObject({ code: 'STORE_NOT_FOUND' });
  }
  expect(await everything(dir.path)).toEqual(before);
});

test.each(['private', 'bot', 'group'])(
  'in a %s chat a message of another account is refused, and nothing changes',
  async (chat_type) => {
    await using dir = await tempStore();
    await using store = open(dir);
    await store.saveConversation(conversation('1', messages(3), { chat_type }));
    await store.markAsProcessed('1');
    const before = await everything(dir.path);
    // edits enough that the log has been written to when the conflict is found
    const edits = [1, 2].map((id) => edit(id, 'x'.repeat(300_000)));
    const foreign = [...edits, message(3, { date: '2019-05-05T05:05:05Z' }), message(4)];
    const path = join(dir.path, '1_processed.json');
    const refusal = { code: 'STORE_ID_CONFLICT', path };
    await expect(store.appendMessages('1', foreign)).rejects.toMatchObject(refusal);
    await expect(store.mergeConversation(conversation('1', foreign))).rejects.toMatchObject(
      refusal,
    );
    const after = await everything(dir.path);
    const log = join(dir.path, '.tgstore', 'changes', '1.jsonl');
    // an empty log says nothing
    expect((after[log] as { content?: string } | undefined)?.content ?? '').toBe('');
    delete after[log];
    expect(after).toEqual(before);
  },
);

test('what is not valid is refused, and nothing changes', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  await store.saveConversation(conversation('1'));
  const before = await everything(dir.path);
  const bad = { id: 5, date: 'soon' };
  const metadata = { conversation_id: '1' };
  const attempts = [
    () => store.appendMessages('1', [message(2), bad]),
    () => store.appendMessages('1', [{ text: 'no id' } as never]),
    () => store.mergeConversation({ messages: [message(2), bad], metadata }),
    () => store.mergeConversation({ messages: [], metadata: { ...metadata, name: 5 as never } }),
    () => store.saveConversation({ messages: [bad], metadata }, { force: true }),
    () => store.saveConversation({ messages: [], metadata: {} as never }),
  ];
  for (const attempt of attempts) {
    await expect(attempt()).rejects.toMatchObject({ code: 'SCHEMA_INVALID' });
  }
  await expect(store.saveConversation(conversation('x'.repeat(300)))).rejects.toMatchObject({
    code: 'STORE_INVALID_ID',
  });
  expect(await everything(dir.path)).toEqual(before);
});

// status

const CHANGES: [what: string, change: (store: EnhancedFileManager) => Promise<unknown>][] = [
  ['gains a message', (store) => store.appendMessages('1', [message(9)])],
  ['has a message edited', (store) => store.appendMessages('1', [edit(1, 'new')])],
  ['has a message deleted', (store) => store.deleteMessages('1', [1])],
  ['gains one by a merge', (store) => store.mergeConversation(conversation('1', [message(9)]))],
  [
    'is replaced',
    (store) => store.saveConversation(conversation('1', messages(2)), { force: true }),
  ],
];

test.each(CHANGES)('a processed conversation that %s becomes unprocessed', async (_, change) => {
  await using dir = await tempStore();
  await using store = open(dir);
  await store.saveConversation(conversation('1', messages(3)));
  await store.markAsProcessed('1');
  await change(store);
  expect(await conversationFiles(dir.path)).toEqual(['1_unprocessed.json']);
  expect(await store.readMetadata('1')).toMatchObject({ revision: 2 });
  // what was processed is remembered: only what changed is handed over
  const handedOver = await process(store);
  expect(handedOver['1']?.changes.everything).toBe(false);
});

test.each(CHANGES)(
  'also one that was processed by a FileManager: if it %s, that is all that is handed over',
  async (_, change) => {
    await using dir = await tempStore();
    await using store = open(dir);
    await dir.files.saveConversation(conversation('1', messages(3)));
    await dir.files.markAsProcessed('1');
    await change(store);
    expect((await process(store))['1']?.changes.everything).toBe(false);
  },
);

test('a processed conversation that gains nothing stays processed', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  await store.saveConversation(conversation('1', messages(3)));
  await store.markAsProcessed('1');
  const before = await everything(dir.path);
  const merged = await store.mergeConversation(conversation('1', [message(2)]));
  expect(merged).toMatchObject({ status: 'processed', revision: 1, unchanged: 3 });
  expect(await store.appendMessages('1', messages(2))).toMatchObject({ status: 'processed' });
  expect(await everything(dir.path)).toEqual(before);
});

test.each(['processed', 'unprocessed'] as const)(
  'a %s conversation of which only the metadata change keeps its status and counts a revision',
  async (status) => {
    await using dir = await tempStore();
    await using store = open(dir);
    await store.saveConversation(conversation('1', messages(3), { name: 'Old' }));
    if (status === 'processed') await store.markAsProcessed('1');
    const renamed = conversation('1', messages(3), { name: 'New' });
    expect(await store.mergeConversation(renamed)).toEqual({
      added: 0,
      edited: 0,
      deleted: 0,
      unchanged: 3,
      revision: 2,
      status,
      isNew: false,
    });
    expect(await conversationFiles(dir.path)).toEqual([`1_${status}.json`]);
    expect(await store.readMetadata('1')).toMatchObject({ name: 'New', revision: 2 });
    expect(await store.changes('1', { sinceRevision: 1 })).toMatchObject({
      everything: false,
      added: [],
      edited: [],
      deleted: [],
    });
    if (status === 'unprocessed') return;
    await store.appendMessages('1', [message(4)]);
    expect((await process(store))['1']?.ids).toEqual(['4']);
  },
);

/** The real file system; tells of renames, and of each write and sync with the name of its file. */
function recording(calls: string[]): FileSystem {
  const nameOf = (path: unknown): string => {
    const name = basename(String(path));
    return isTemporaryName(name) ? `${basename(dirname(String(path)))}/<temporary>` : name;
  };
  return watching(({ name, args }) => {
    if (name === 'rename') calls.push(`rename ${nameOf(args[0])} ${nameOf(args[1])}`);
    if (name !== 'open') return undefined;
    return async (real) => {
      const handle = await real(...args);
      for (const call of ['write', 'sync']) {
        const original = handle[call].bind(handle);
        handle[call] = (...given: unknown[]) => {
          // each look whether a directory is there syncs it
          if (nameOf(args[0]) !== '.tgstore') calls.push(`${call} ${nameOf(args[0])}`);
          return original(...given);
        };
      }
      return handle;
    };
  });
}

test('the log is written and synced, then the name changes, and only then the content', async () => {
  await using dir = await tempStore();
  const calls: string[] = [];
  await using store = open(dir, { durability: 'full', fileSystem: recording(calls) });
  await store.saveConversation(conversation('1', messages(3)));
  await store.appendMessages('1', [message(4)]);
  await store.markAsProcessed('1');
  calls.length = 0;
  await store.appendMessages('1', [edit(2, 'new'), message(5)]);
  expect(calls).toEqual([
    'write chats/<temporary>',
    'sync chats/<temporary>',
    'write 1.jsonl',
    'sync 1.jsonl',
    'sync changes',
    'rename 1_processed.json 1_unprocessed.json',
    'sync chats',
    'rename chats/<temporary> 1_unprocessed.json',
    'sync chats',
  ]);
});

test('a log of additions need not be synced, and one of deletions is', async () => {
  await using dir = await tempStore();
  const calls: string[] = [];
  await using store = open(dir, { durability: 'full', fileSystem: recording(calls) });
  await store.saveConversation(conversation('1', messages(3)));
  const logged = () => calls.filter((call) => /jsonl$|changes$/.test(call));
  await store.appendMessages('1', [message(4)]);
  expect(logged()).toEqual(['write 1.jsonl']);
  calls.length = 0;
  await store.deleteMessages('1', [1]);
  expect(logged()).toEqual(['write 1.jsonl', 'sync 1.jsonl', 'sync changes']);
});

test('a changed name is marked only when the state of it is durable', async () => {
  await using dir = await tempStore();
  const calls: string[] = [];
  await using store = open(dir, { durability: 'full', fileSystem: recording(calls) });
  await store.saveConversation(conversation('1', messages(3)));
  await store.markAsProcessed('1');
  calls.length = 0;
  await store.mergeConversation(conversation('1', messages(3), { name: 'New' }));
  expect(calls.filter((call) => !call.endsWith('1.jsonl'))).toEqual([
    'write chats/<temporary>',
    'sync chats/<temporary>',
    'rename 1_processed.json 1_unprocessed.json',
    'sync chats',
    'rename chats/<temporary> 1_unprocessed.json',
    'sync chats',
    'write state/<temporary>',
    'sync state/<temporary>',
    'rename state/<temporary> 1.json',
    'sync state',
    'rename 1_unprocessed.json 1_processed.json',
    'sync chats',
  ]);
});

const ALL_CHANGES: typeof CHANGES = [
  ...CHANGES,
  [
    'is renamed',
    (store) => store.mergeConversation(conversation('1', messages(3), { name: 'New' })),
  ],
];

test.each(ALL_CHANGES)(
  'when a processed conversation %s, no changed content ever stands under its processed name',
  async (_, change) => {
    await using dir = await tempStore();
    await using before = open(dir);
    await before.saveConversation(conversation('1', messages(3), { name: 'Old' }));
    await before.markAsProcessed('1');
    const path = join(dir.path, '1_processed.json');
    const original = await readFile(path, 'utf8');
    let looks = 0;
    const look = async (): Promise<undefined> => {
      looks += 1;
      const now = await readFile(path, 'utf8').catch(() => original);
      if (now === original) return;
      const { revision_id } = JSON.parse(now).metadata;
      expect(await readStateOf(dir.path, '1')).toMatchObject({ processed: { revision_id } });
      expect(JSON.parse(now).messages).toEqual(JSON.parse(original).messages);
    };
    await using store = open(dir, { fileSystem: watching(look) });
    await change(store);
    await look();
    expect(looks).toBeGreaterThan(10);
  },
);

test.each(ALL_CHANGES)(
  'when the disk fails at any call while a processed conversation %s, it is whole, and processed only with what was',
  async (_, change) => {
    const original = conversation('1', messages(3), { name: 'Old' });
    for (let at = 1; ; at += 1) {
      await using dir = await tempDirectory();
      await using before = open(dir);
      await before.saveConversation(original);
      await before.markAsProcessed('1');
      const disk = failing('EIO', at, true);
      const failed = await change(open(dir, { fileSystem: disk.fileSystem })).then(
        () => false,
        () => true,
      );
      expect(disk.openHandles(), `after ${disk.calls.slice(-12).join(', ')}`).toBe(0);
      const [name] = await conversationFiles(dir.path);
      const { messages: now, metadata } = await before.loadConversation('1');
      const isOriginal = [...now.values()].every(({ text, id }) => text === `text ${id}`);
      if (name === '1_processed.json') {
        expect([isOriginal, now.size]).toEqual([true, 3]);
        const { revision_id, name: title } = metadata;
        const processed = title === 'New' ? { processed: { revision_id } } : {};
        expect(await readStateOf(dir.path, '1')).toMatchObject(processed);
      }
      expect(await errorsOf(dir.path)).toEqual([]);
      // and it can go on
      await change(before);
      if (!failed) break;
    }
  },
);

// names

test.each(['unprocessed', 'processed'])(
  'a raw %s name becomes canonical at the next write',
  async (status) => {
    await using dir = await tempStore();
    await using store = open(dir);
    const raw = await dir.put(
      `Ann Lee_${status}.json`,
      serializeConversation(conversation('Ann Lee')),
    );
    const same = conversation('Ann Lee');
    expect(await store.saveConversation(same, { force: true })).toBe(raw);
    expect(await conversationFiles(dir.path)).toEqual([`Ann Lee_${status}.json`]);
    await store.appendMessages('Ann Lee', messages(2));
    expect(await conversationFiles(dir.path)).toEqual(['~41nn~20~4cee_unprocessed.json']);
    expect((await store.loadConversation('Ann Lee')).messages.size).toBe(2);
  },
);

async function putBothNames(dir: TempStore): Promise<string> {
  const unprocessed = conversation('1', messages([1, 2]), { name: 'Ann' });
  const processed = conversation('1', [message(2), message(3)]);
  await dir.put('1_unprocessed.json', serializeConversation(unprocessed));
  await dir.put('1_processed.json', serializeConversation(processed));
  return serializeConversation(processed);
}

async function expectUnited(dir: TempStore, other: string, last = 3): Promise<void> {
  expect(await conversationFiles(dir.path)).not.toContain('1_processed.json');
  const loaded = await dir.files.loadConversation('1');
  expect([...loaded.messages.keys()]).toEqual(['1', '2', '3', '9'].slice(0, last));
  expect(loaded.metadata.name).toBe('Ann');
  const quarantine = join(dir.path, '.tgstore', 'quarantine');
  const [name = '', ...more] = await readdir(quarantine);
  expect(name).toMatch(/^1_processed\.json\./);
  expect(more).toEqual([]);
  expect(await readFile(join(quarantine, name), 'utf8')).toBe(other);
}

test('two names of one conversation are one after the next write', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  await store.saveConversation(conversation('2'));
  const other = await putBothNames(dir);
  await store.appendMessages('1', [message(9)]);
  await expectUnited(dir, other, 4);
});

test('they are one when a store is opened for writing, whatever is written', async () => {
  await using dir = await tempStore();
  const other = await putBothNames(dir);
  const told: unknown[] = [];
  const logger = { ...noLogger, warn: (details: object) => void told.push(details) };
  await using store = open(dir, { logger });
  expect(await conversationFiles(dir.path)).toHaveLength(2);
  await store.saveConversation(conversation('2'));
  await store.deleteConversation('2');
  await expectUnited(dir, other);
  expect(told).toEqual([{ id: '1' }]);
});

test('a second name that can not be read stops nobody from changing other conversations', async () => {
  await using dir = await tempStore({ problems: ['CHECK_BOTH_NAMES'] });
  await dir.put('1_unprocessed.json', serializeConversation(conversation('1')));
  await dir.put('1_processed.json', '{"messages":{');
  const told: unknown[] = [];
  const logger = { ...noLogger, error: (details: object) => void told.push(details) };
  await using store = open(dir, { logger });
  await store.saveConversation(conversation('2'));
  expect(told).toMatchObject([{ id: '1', error: { code: 'STORE_INVALID_FILE' } }]);
  await expect(store.appendMessages('1', [message(2)])).rejects.toMatchObject({
    code: 'STORE_INVALID_FILE',
  });
  expect((await store.loadConversation('1')).messages.size).toBe(1);
});

test('a store that could not be prepared is prepared by the next change', async () => {
  await using dir = await tempStore();
  let fails = true;
  const fileSystem = watching(({ name }) => {
    if (fails && name === 'mkdir') throw systemError('ENOSPC', 'mkdir');
    return undefined;
  });
  await using store = open(dir, { fileSystem });
  await expect(store.saveConversation(conversation('1'))).rejects.toMatchObject({ code: 'ENOSPC' });
  fails = false;
  await store.saveConversation(conversation('1'));
  expect(await store.listConversations()).toEqual(['1']);
});

// many

const CHATS = [
  conversation('1', messages(1), { chat_type: 'private' }),
  conversation('2', messages(2), { chat_type: 'private', username: 'helpBot' }),
  conversation('3', messages(3), { is_group: true, chat_type: 'group' }),
  conversation('4', messages(4), { is_channel: true, chat_type: 'channel' }),
];

test('batchSaveConversations takes what the fetch mode takes', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  const result = await store.batchSaveConversations(CHATS, { fetchMode: 'initial' });
  expect({ ...result, saved: [...result.saved].sort() }).toEqual({
    saved: ['1', '2', '3'],
    skipped: ['4'],
    failed: [],
  });
  expect(await store.listConversations()).toEqual(['1', '2', '3']);
  const all = await store.batchSaveConversations(CHATS, { force: true });
  expect([...all.saved].sort()).toEqual(['1', '2', '3', '4']);
});

test('batchSaveConversations goes on after those that fail, and says why', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  await store.saveConversation(conversation('1'));
  const bad = [
    { messages: [{ id: 1, date: 'soon' }], metadata: { conversation_id: 'bad' } },
    { messages: [], metadata: {} },
    { messages: [] },
    null,
  ] as never[];
  const { saved, failed } = await store.batchSaveConversations([...bad, ...CHATS]);
  expect([...saved].sort()).toEqual(['2', '3', '4']);
  expect(failed.map(({ id }) => id)).toEqual(expect.arrayContaining(['bad', undefined, '1']));
  expect(failed).toHaveLength(5);
  for (const { id, error } of failed) {
    const code = id === '1' ? 'STORE_EXISTS' : 'SCHEMA_INVALID';
    expect(error).toMatchObject({ code });
  }
});

test('filterByConversationType yields what a fetch mode takes', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  await store.batchSaveConversations(CHATS);
  await store.markAsProcessed('2');
  await store.markAsProcessed('4');
  const idsOf = async (...args: Parameters<typeof store.filterByConversationType>) =>
    (await collect(store.filterByConversationType(...args))).map(({ file }) => file.id);
  expect(await idsOf('initial')).toEqual(['1', '2', '3']);
  expect(await idsOf('all')).toEqual(['1', '2', '3', '4']);
  expect(await idsOf('initial', { processed: true })).toEqual(['2']);
  expect(await idsOf('initial', { processed: false })).toEqual(['1', '3']);
});

// marks

test('markAsProcessed records what was processed, and markAsUnprocessed forgets it', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  const unprocessed = await store.saveConversation(conversation('1'));
  const { revision_id } = await store.readMetadata('1');
  const { size } = await stat(unprocessed);
  const processed = await store.markAsProcessed('1');
  expect(basename(processed)).toBe('1_processed.json');
  expect(await readStateOf(dir.path, '1')).toEqual({
    processed: { revision: 1, revision_id, size, at: expect.stringMatching(/^\d{4}-.*Z$/) },
  });
  const before = await everything(dir.path);
  expect(await store.markAsProcessed('1')).toBe(processed);
  expect(await everything(dir.path)).toEqual(before);
  expect(await store.markAsUnprocessed('1')).toBe(unprocessed);
  expect(await readStateOf(dir.path, '1')).toEqual({});
  expect(await process(store)).toMatchObject({ 1: { changes: { everything: true } } });
});

test('markAsUnprocessed has all of it handed over again, also where it is unprocessed already', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  await store.saveConversation(conversation('1', messages(2)));
  await store.markAsProcessed('1');
  await store.appendMessages('1', [message(3)]);
  await store.markAsUnprocessed('1');
  expect((await process(store))['1']?.ids).toEqual(['1', '2', '3']);
});

test('markAsProcessed with unchangedSince refuses what has changed', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  await store.saveConversation(conversation('1'));
  await using file = await store.openConversation('1');
  const { identity } = file;
  await store.appendMessages('1', [message(2)]);
  const unchangedSince = { unchangedSince: identity };
  await expect(store.markAsProcessed('1', unchangedSince)).rejects.toMatchObject({
    code: 'STORE_CHANGED',
  });
  expect(await store.listConversations({ processed: false })).toEqual(['1']);
  expect(await readStateOf(dir.path, '1')).toBeUndefined();
});

test('deleteConversation removes what is known of it, under all names', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  await store.saveConversation(conversation('1', messages(3)));
  await store.markAsProcessed('1');
  await store.deleteMessages('1', [1]);
  const own = join(dir.path, '.tgstore');
  expect(await readdir(join(own, 'changes'))).toEqual(['1.jsonl']);
  expect(await readdir(join(own, 'state'))).toEqual(['1.json']);
  await store.deleteConversation('1');
  expect(await conversationFiles(dir.path)).toEqual([]);
  expect(await readdir(join(own, 'changes'))).toEqual([]);
  expect(await readdir(join(own, 'state'))).toEqual([]);
  await expect(store.deleteConversation('1')).rejects.toMatchObject({ code: 'STORE_NOT_FOUND' });
  await putBothNames(dir);
  await store.deleteConversation('1');
  expect(await store.listConversations()).toEqual([]);
});

// bundles

const UNUSUAL = [
  sampleConversation(),
  conversation('a/B c', [
    message(-3),
    message(18_446_744_073_709_551_615n),
    message('__proto__', { raw_data: JSON.parse('{"__proto__":{"x":1}}') }),
    message(7, { text: 'a "},\n"metadata":{' }),
  ]),
  { ...conversation('empty', [], { name: '😀' }), other: { notes: [1, null] } },
];

async function exportUnusual(dir: { readonly path: string }, bundle: string) {
  const store = open(dir);
  for (const one of UNUSUAL) await store.saveConversation(one);
  await store.deleteMessages('12345', [101]);
  await store.markAsProcessed('12345');
  await store.markAsProcessed('empty');
  const exported = await store.exportConversationsToJson(bundle);
  expect(exported).toEqual({
    conversations: 3,
    messages: 7,
    bytes: (await stat(bundle)).size,
  });
  return store;
}

test('an exported bundle gives another store the same conversations with the same statuses', async () => {
  await using files = await tempDirectory();
  await using one = await tempStore();
  await using two = await tempStore();
  const bundle = join(files.path, 'bundle.json');
  await using first = await exportUnusual(one, bundle);
  await using second = open(two);
  const imported = await second.importConversationsFromJson(bundle);
  expect(imported).toMatchObject({ source: bundle, conversations: 3, failures: [] });
  expect([...imported.changed.keys()].sort()).toEqual(['12345', 'a/B c', 'empty']);
  expect(imported.changed.get('12345')).toMatchObject({ added: 3, isNew: true });
  expect(await second.listConversations({ processed: true })).toEqual(['12345', 'empty']);
  for (const id of await first.listConversations()) {
    const [given, taken] = [await first.loadConversation(id), await second.loadConversation(id)];
    expect(taken.messages).toEqual(given.messages);
    expect(taken.other).toEqual(given.other);
    const { revision: _, revision_id: _id, last_update: _at, ...metadata } = given.metadata;
    expect(taken.metadata).toMatchObject(metadata);
  }
  const before = await everything(two.path);
  expect((await second.importConversationsFromJson(bundle)).changed.size).toBe(0);
  expect(await everything(two.path)).toEqual(before);
  // what came as processed counts as processed
  await second.appendMessages('12345', [message(200)]);
  expect((await process(second))['12345']?.ids).toEqual(['200']);
});

test('an export takes one status, or some conversations, and replaces no file unasked', async () => {
  await using files = await tempDirectory();
  await using dir = await tempStore();
  const bundle = join(files.path, 'bundle.json');
  await using store = await exportUnusual(dir, bundle);
  await expect(store.exportConversationsToJson(bundle)).rejects.toMatchObject({ code: 'EEXIST' });
  const idsIn = async (options: Parameters<typeof store.exportConversationsToJson>[1]) => {
    await store.exportConversationsToJson(bundle, { ...options, overwrite: true });
    return Object.keys(JSON.parse(await readFile(bundle, 'utf8')).conversations);
  };
  expect(await idsIn({ processed: true })).toEqual(['12345', 'empty']);
  expect(await idsIn({ processed: false })).toEqual(['a/B c']);
  expect(await idsIn({ ids: ['empty'] })).toEqual(['empty']);
  const kept = await readFile(bundle, 'utf8');
  await expect(idsIn({ ids: ['empty', 'nobody'] })).rejects.toMatchObject({
    code: 'STORE_NOT_FOUND',
  });
  expect(await readFile(bundle, 'utf8')).toBe(kept);
  expect(await readdir(files.path)).toEqual(['bundle.json']);
});

test('an import merges; with overwrite it replaces, and what it removes is logged', async () => {
  await using files = await tempDirectory();
  await using dir = await tempStore();
  await using store = open(dir);
  const bundle = join(files.path, 'bundle.json');
  await store.saveConversation(conversation('1', messages(2)));
  await store.exportConversationsToJson(bundle);
  await store.appendMessages('1', [message(3), edit(1, 'new')]);
  await store.markAsProcessed('1');
  expect((await store.importConversationsFromJson(bundle)).changed.size).toBe(0);
  expect(await textsOf(store, '1')).toEqual({ 1: 'new', 2: 'text 2', 3: 'text 3' });
  expect(await store.listConversations({ processed: true })).toEqual(['1']);
  const { changed } = await store.importConversationsFromJson(bundle, { overwrite: true });
  expect(changed.get('1')).toMatchObject({ edited: 1, deleted: 1, unchanged: 1, revision: 3 });
  expect(await textsOf(store, '1')).toEqual({ 1: 'text 1', 2: 'text 2' });
  expect(await store.listConversations({ processed: false })).toEqual(['1']);
  expect(await store.changes('1', { sinceRevision: 2 })).toMatchObject({
    added: [],
    edited: ['1'],
    deleted: ['3'],
  });
});

test('an import in which only the metadata are new brings them, and the status stays', async () => {
  await using files = await tempDirectory();
  await using one = await tempStore();
  await using two = await tempStore();
  await using first = open(one);
  await using second = open(two);
  const bundle = join(files.path, 'bundle.json');
  await first.saveConversation(conversation('1', messages(2), { name: 'New' }));
  await first.exportConversationsToJson(bundle);
  await second.saveConversation(conversation('1', messages(2), { name: 'Old' }));
  await second.markAsProcessed('1');
  const { changed } = await second.importConversationsFromJson(bundle);
  expect(changed.get('1')).toMatchObject({ unchanged: 2, revision: 2, status: 'processed' });
  expect((await second.readMetadata('1')).name).toBe('New');
  expect((await second.importConversationsFromJson(bundle)).changed.size).toBe(0);
});

test('a tombstone that comes with an import deletes, and an import never revives one', async () => {
  await using files = await tempDirectory();
  await using one = await tempStore();
  await using two = await tempStore();
  await using first = open(one);
  await using second = open(two);
  const [before, after] = [join(files.path, 'before.json'), join(files.path, 'after.json')];
  await first.saveConversation(conversation('1', messages(2)));
  await first.exportConversationsToJson(before);
  await first.deleteMessages('1', [2]);
  await first.exportConversationsToJson(after);
  await second.saveConversation(conversation('1', messages(3)));
  const { changed } = await second.importConversationsFromJson(after);
  expect(changed.get('1')).toMatchObject({ deleted: 1, unchanged: 2, revision: 2 });
  expect((await second.importConversationsFromJson(before)).changed.size).toBe(0);
  expect(await textsOf(second, '1')).toEqual({ 1: 'text 1', 2: '', 3: 'text 3' });
});

test('a bundle that is cut off is refused, naming file and place, and nothing changes; salvage takes what is whole', async () => {
  await using files = await tempDirectory();
  await using one = await tempStore();
  await using two = await tempStore();
  const bundle = join(files.path, 'bundle.json');
  await using _first = await exportUnusual(one, bundle);
  const size = (await readFile(bundle, 'utf8')).lastIndexOf('"conversation_id":"empty"');
  await truncate(bundle, size);
  await using store = open(two);
  await store.saveConversation(conversation('mine'));
  const before = await everything(two.path);
  await expect(store.importConversationsFromJson(bundle)).rejects.toMatchObject({
    code: 'FORMAT_TRUNCATED',
    path: bundle,
    offset: expect.any(Number),
    message: expect.stringContaining(bundle),
  });
  expect(await everything(two.path)).toEqual(before);
  const { changed, report } = await store.importConversationsFromJson(bundle, { salvage: true });
  expect([...changed.keys()]).toEqual(expect.arrayContaining(['12345', 'a/B c']));
  expect(report.truncated?.offset).toBeGreaterThan(0);
  expect(await store.listConversations({ processed: true })).toContain('12345');
});

test('what is wrong in the middle of a bundle is told with the name of the file', async () => {
  await using files = await tempDirectory();
  await using dir = await tempStore();
  await using store = open(dir);
  await store.saveConversation(conversation('1'));
  const bundle = join(files.path, 'bundle.json');
  await store.exportConversationsToJson(bundle);
  const text = await readFile(bundle, 'utf8');
  await writeFile(bundle, text.replace('"conversation_id":"1"', '"conversation_id":"2"'));
  const before = await everything(dir.path);
  await expect(store.importConversationsFromJson(bundle)).rejects.toMatchObject({
    code: 'FORMAT_BAD_ID',
    path: bundle,
    message: expect.stringContaining(bundle),
  });
  expect(await everything(dir.path)).toEqual(before);
});

// backups

const idsOf = async (store: EnhancedFileManager) =>
  (await store.listBackups()).backups.map(({ id }) => id);

test('there is no backup of an empty store, and one before the first change of any other', async () => {
  await using dir = await tempStore();
  await using store = open(dir, { backupEnabled: true });
  await store.saveConversation(conversation('1', messages(2)));
  expect(await idsOf(store)).toEqual([]);
  await store.appendMessages('1', [message(3)]);
  const [id = '', ...more] = await idsOf(store);
  expect(more).toEqual([]);
  await store.appendMessages('1', [message(4)]);
  expect(await idsOf(store)).toEqual([id]);
  await store.restoreBackup(id, { overwrite: true });
  expect(Object.keys(await textsOf(store, '1'))).toEqual(['1', '2']);
});

test('the automatic backup is there before the first write', async () => {
  await using dir = await tempStore();
  await dir.files.saveConversation(conversation('1', messages(2)));
  const atRename: string[][] = [];
  const fileSystem = watching(async ({ name, args }) => {
    const [, to] = args;
    if (name === 'rename' && String(to).endsWith('1_unprocessed.json')) {
      atRename.push(await readdir(join(dir.path, 'backups')));
    }
    return undefined;
  });
  await using store = open(dir, { backupEnabled: true, fileSystem });
  await store.saveConversation(conversation('1', messages(3)), { force: true });
  expect(atRename).toEqual([[expect.any(String), expect.stringMatching(/\.tar\.gz$/)]]);
});

test('an automatic backup that fails does not stop the write, and the logger is told', async () => {
  await using dir = await tempStore();
  await dir.files.saveConversation(conversation('1'));
  const backupDir = await dir.put('blocked', 'no directory');
  const told: [object, string][] = [];
  const logger = {
    ...noLogger,
    error: (details: object, text: string) => void told.push([details, text]),
  };
  await using store = open(dir, { backupEnabled: true, backupDir, logger });
  await store.appendMessages('1', [message(2)]);
  expect(told).toEqual([
    [{ error: expect.objectContaining({ code: expect.any(String) }) }, expect.any(String)],
  ]);
  expect(Object.keys(await textsOf(store, '1'))).toEqual(['1', '2']);
});

test('a manual backup carries its tag, and is listed', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  await store.saveConversation(conversation('1'));
  const one = await store.createManualBackup();
  const two = await store.createManualBackup({ tag: 'pre-update' });
  expect(one.id).toMatch(/manual/);
  expect(two.id).toMatch(/pre-update/);
  expect((await idsOf(store)).sort()).toEqual([one.id, two.id].sort());
});

test('a restored conversation that was processed counts as processed with that content', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  await store.saveConversation(conversation('1', messages(3)));
  await store.markAsProcessed('1');
  const { id } = await store.createManualBackup();
  const backedUp = await store.loadConversation('1');
  await store.appendMessages('1', [message(4), edit(1, 'new')]);
  await store.deleteMessages('1', [2]);
  await process(store);
  await store.appendMessages('1', [message(5)]);
  const { items, preRestore } = await store.restoreBackup(id, { overwrite: true });
  expect(items).toMatchObject([{ id: '1', result: 'replaced' }]);
  expect(preRestore?.id).toMatch(/pre-restore/);
  expect(await store.loadConversation('1')).toEqual(backedUp);
  expect(await conversationFiles(dir.path)).toEqual(['1_processed.json']);
  expect(await process(store)).toEqual({});
  expect(await store.changes('1', { sinceRevision: 4 })).toMatchObject({ everything: true });
  await store.appendMessages('1', [message(6)]);
  const handedOver = await process(store);
  expect(handedOver['1']?.ids).toEqual(['6']);
  expect(await collect(store.history('1', 2))).toMatchObject([{ kind: 'deleted', revision: 3 }]);
});

test('a restored conversation that was unprocessed is handed over whole', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  await store.saveConversation(conversation('1', messages(3)));
  const { id } = await store.createManualBackup();
  await store.markAsProcessed('1');
  await store.appendMessages('1', [message(4)]);
  await process(store);
  await store.restoreBackup(id, { overwrite: true });
  expect(await conversationFiles(dir.path)).toEqual(['1_unprocessed.json']);
  expect(await process(store)).toMatchObject({
    1: { ids: ['1', '2', '3'], changes: { everything: true } },
  });
});

test('a restore of what only got another status gives that back', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  await store.saveConversation(conversation('1', messages(3)));
  const { id } = await store.createManualBackup();
  await process(store);
  await store.restoreBackup(id, { overwrite: true });
  expect((await process(store))['1']?.changes.everything).toBe(true);
  const processed = await store.createManualBackup();
  await store.markAsUnprocessed('1');
  await store.restoreBackup(processed.id, { overwrite: true });
  expect(await process(store)).toEqual({});
  await store.appendMessages('1', [message(4)]);
  expect((await process(store))['1']?.ids).toEqual(['4']);
});

test('what was deleted comes back with a restore; what is there stays without overwrite', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  await store.saveConversation(conversation('1', messages(3)));
  await store.saveConversation(conversation('2', messages(3)));
  await store.markAsProcessed('1');
  const { id } = await store.createManualBackup();
  await store.deleteConversation('1');
  await store.appendMessages('2', [message(4)]);
  const { items } = await store.restoreBackup(id);
  expect(items).toMatchObject([
    { id: '1', result: 'restored' },
    { id: '2', result: 'existing' },
  ]);
  expect(await store.listConversations({ processed: true })).toEqual(['1']);
  expect(Object.keys(await textsOf(store, '2'))).toHaveLength(4);
  await store.appendMessages('1', [message(4)]);
  expect((await process(store))['1']?.ids).toEqual(['4']);
});

// closing, telling, waiting

/** A file system whose first write to a temporary file of conversations waits until it is let go. */
function gated() {
  let arrive = (): void => {};
  let letGo = (): void => {};
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const opened = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const fileSystem = watching(async ({ name, args }) => {
    if (name !== 'open' || !isTemporaryName(basename(String(args[0])))) return undefined;
    if (basename(dirname(String(args[0]))) !== 'chats') return undefined;
    arrive();
    await opened;
    return undefined;
  });
  return { fileSystem, arrived, letGo };
}

const IN_FLIGHT: [what: string, work: (store: EnhancedFileManager) => Promise<unknown>][] = [
  ['a change', (store) => store.appendMessages('1', [message(2)])],
  [
    'many changes',
    (store) =>
      store.batchSaveConversations(
        Array.from({ length: 30 }, (_, index) => conversation(`n${index}`)),
      ),
  ],
];

test.each(IN_FLIGHT)(
  'close waits for %s in flight, and the store can be used after it',
  async (_, work) => {
    await using dir = await tempStore();
    await dir.files.saveConversation(conversation('1'));
    const { fileSystem, arrived, letGo } = gated();
    const store = open(dir, { fileSystem });
    let isDone = false;
    const running = work(store).finally(() => {
      isDone = true;
    });
    await arrived;
    const closing = store.close();
    letGo();
    await closing;
    // the promise of the caller settles right after ours
    await setImmediate();
    expect(isDone).toBe(true);
    await running;
    await store.close();
    await store.markAsProcessed('1');
  },
);

test('await using waits too, also for what fails', async () => {
  await using dir = await tempStore();
  await dir.files.saveConversation(conversation('1', messages(1), { chat_type: 'private' }));
  let outcome: unknown;
  {
    await using store = open(dir);
    const foreign = message(1, { date: '2019-05-05T05:05:05Z' });
    void store.appendMessages('1', [foreign]).catch((error: unknown) => {
      outcome = error;
    });
  }
  await setImmediate();
  expect(outcome).toMatchObject({ code: 'STORE_ID_CONFLICT' });
});

const noLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };

test('without a logger nothing is printed', async () => {
  await using dir = await tempStore();
  await putBothNames(dir);
  const child = startTypeScript(new URL('support/change-silently.ts', import.meta.url), {
    args: [dir.path],
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  expect(await once(child, 'close')).toEqual([0, null]);
  expect(output).toBe('');
  expect(await conversationFiles(dir.path)).toEqual(['1_unprocessed.json', '2_unprocessed.json']);
});

test('who waits too long for a conversation is told who has it; others are not locked', async () => {
  await using dir = await tempStore();
  await using store = open(dir, { lockTimeoutMs: 50 });
  await store.saveConversation(conversation('1'));
  const child = startTypeScript(new URL('support/hold-lock.ts', import.meta.url), {
    args: [dir.path, '1'],
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  const before = await everything(dir.path);
  const attempts = [
    () => store.appendMessages('1', [message(2)]),
    () => store.mergeConversation(conversation('1', messages(2))),
    () => store.saveConversation(conversation('1', messages(2)), { force: true }),
    () => store.deleteMessages('1', [1]),
    () => store.markAsProcessed('1'),
    () => store.markAsUnprocessed('1'),
    () => store.deleteConversation('1'),
  ];
  for (const attempt of attempts) {
    await expect(attempt()).rejects.toMatchObject({
      code: 'LOCK_TIMEOUT',
      holders: [{ pid: child.pid, operation: 'hold' }],
    });
  }
  expect(await everything(dir.path)).toEqual(before);
  // readers wait for nobody
  expect((await store.loadConversation('1')).messages.size).toBe(1);
  await store.saveConversation(conversation('2'));
  const waited = open(dir, { lockTimeoutMs: 60_000 }).appendMessages('1', [message(2)]);
  const ended = once(child, 'exit');
  child.stdin?.end();
  expect(await waited).toMatchObject({ added: 1 });
  expect(await ended).toEqual([0, null]);
});

test('no update is lost among those who change one conversation at the same time', async () => {
  await using dir = await tempStore();
  await using one = open(dir);
  await using two = open(dir);
  await one.saveConversation(conversation('1', []));
  const all = messages(24);
  const changes = await Promise.all(
    all.map((each, index) => (index % 2 ? one : two).appendMessages('1', [each])),
  );
  expect(changes.map(({ revision }) => revision).sort((a, b) => a - b)).toEqual(
    all.map((_, index) => index + 2),
  );
  expect(await collect(one.readMessages('1'))).toEqual(all);
});
