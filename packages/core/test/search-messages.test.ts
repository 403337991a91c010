import { rm } from 'node:fs/promises';
import { serializeConversation } from '@tgstore/schema';
import { expect, test } from 'vitest';
import { FileManager, type SearchHit, type SearchOptions } from '../src/index.ts';
import { collect } from './support/collect.ts';
import { conversation, message, messages } from './support/conversations.ts';
import { watching } from './support/faults.ts';
import { tempStore } from './support/store.ts';

/** `12:3` for message 3 of conversation 12. */
const name = ({ conversationId, message }: SearchHit) => `${conversationId}:${message.id}`;

async function find(files: FileManager, query: string | RegExp, options?: SearchOptions) {
  return (await collect(files.searchMessages(query, options))).map(name);
}

/** Three conversations of three messages, each with its id as text; 20 is processed. */
async function threeConversations() {
  const store = await tempStore({ durability: 'relaxed' });
  for (const id of ['-3', '7', '20']) {
    await store.files.saveConversation(conversation(id, messages(3), { name: `chat ${id}` }));
  }
  await store.files.markAsProcessed('20');
  return store;
}

test('hits come in the order of conversations and messages, with name and places', async () => {
  await using store = await threeConversations();
  expect(await find(store.files, 'TEXT')).toEqual(
    ['-3', '7', '20'].flatMap((id) => [1, 2, 3].map((of) => `${id}:${of}`)),
  );
  expect(await collect(store.files.searchMessages('2', { ids: ['7'] }))).toEqual([
    {
      conversationId: '7',
      conversationName: 'chat 7',
      message: message(2),
      matches: [[5, 6]],
      before: [],
      after: [],
    },
  ]);
  expect(await collect(store.enhanced.searchMessages('nothing of the kind'))).toEqual([]);
});

test('ids, status, sender and dates narrow it', async () => {
  await using store = await threeConversations();
  const { files } = store;
  expect(await find(files, '1', { ids: ['20', '-3', '20'] })).toEqual(['-3:1', '20:1']);
  expect(await find(files, '1', { processed: true })).toEqual(['20:1']);
  expect(await find(files, '1', { processed: false, ids: ['20', '7'] })).toEqual(['7:1']);
  expect(await find(files, 'text', { ids: ['7'], from: '2024-01-01T00:00:02Z' })).toEqual([
    '7:2',
    '7:3',
  ]);
  expect(await find(files, 'text', { ids: ['7'], to: '2024-01-01T00:00:02Z' })).toEqual(['7:1']);
  expect(await find(files, 'text', { sender: 'USER1' })).toEqual([]);
  expect(await find(files, 'text', { sender: 'user1', ids: [] })).toEqual([]);
  await expect(find(files, 'text', { ids: ['7', '8'] })).rejects.toMatchObject({
    code: 'STORE_NOT_FOUND',
  });
});

test('misuse is told at once, before anything is read', async () => {
  const files = new FileManager({ storageDir: '/nowhere' });
  expect(() => files.searchMessages('')).toThrow(/empty/);
  expect(() => files.searchMessages('x', { from: 'soon' })).toThrow(/`from` must be a date/);
  for (const context of [-1, 1.5, Number.NaN]) {
    expect(() => files.searchMessages('x', { context })).toThrow(/context/);
  }
});

for (const layout of ['line', 'foreign'] as const) {
  test(`context is what stands before and after, in the ${layout} layout`, async () => {
    await using store = await tempStore();
    const texts = ['a', 'HIT', 'b', 'HIT', 'c', 'd', 'e', 'f', 'HIT'];
    const content = serializeConversation(
      conversation(
        '1',
        texts.map((text, index) => message(index + 1, { text })),
      ),
    );
    const isForeign = layout === 'foreign';
    await store.put(
      '1_unprocessed.json',
      isForeign ? JSON.stringify(JSON.parse(content), null, 2) : content,
    );
    const hits = await collect(store.files.searchMessages('hit', { context: 2 }));
    const ids = (list: SearchHit['before']) => list.map(({ id }) => id);
    expect(hits.map(({ before, message, after }) => [ids(before), message.id, ids(after)])).toEqual(
      [
        [[1], 2, [3, 4]],
        [[2, 3], 4, [5, 6]],
        [[7, 8], 9, []],
      ],
    );
  });
}

test('context reaches across blocks', async () => {
  await using store = await tempStore({ durability: 'relaxed' });
  const long = 'x'.repeat(600_000);
  const list = [1, 2, 3, 4, 5, 6].map((id) =>
    message(id, { text: `${id === 3 ? 'HIT' : ''}${long}${id}` }),
  );
  await store.files.saveConversation(conversation('1', list));
  const [hit] = await collect(store.files.searchMessages('hit', { context: 3 }));
  expect(hit?.before).toEqual(list.slice(0, 2));
  expect(hit?.after).toEqual(list.slice(3));
  expect(await find(store.files, 'x5')).toEqual(['1:5']);
});

test('what another program wrote into the line layout is read as it is meant', async () => {
  await using store = await tempStore({ problems: ['CHECK_WRONG_METADATA'] });
  const metadata = '"metadata":{"conversation_id":"1","schema_version":1,"message_count":4}}';
  const lines = [
    '"1":{"id":1,"text":"first hit"}',
    '"2":{"id":2,\n"text":\n"hit over lines"}',
    '"3":{"id":3,"text":"\\u0068it"},"4":{"id":4,"text":"hit \\/ two on a line"}',
    '"5":{"id":5,"raw_data":{\n"text":"hit"\n},"text":"miss"}',
  ].join(',\n');
  await store.put('1_unprocessed.json', `{"messages":{\n${lines}\n},\n${metadata}\n`);
  for (const query of ['hit', /HIT/i]) {
    expect(await find(store.files, query)).toEqual(['1:1', '1:2', '1:3', '1:4']);
  }
  expect(await find(store.files, '/ TWO')).toEqual(['1:4']);
});

test('files of the original are found in, with ids and dates as they will be', async () => {
  await using store = await tempStore();
  const metadata = '"metadata":{"id":"1","last_updated":"2024-01-01T00:00:00"}}';
  const line = '"5":{"text":"hit","date":"2024-01-01T02:00:00+02:00"}';
  await store.put('1_unprocessed.json', `{"messages":{\n${line}\n},\n${metadata}\n`);
  const [hit] = await collect(store.files.searchMessages('hit', { to: '2024-01-01T00:00:01Z' }));
  expect(hit?.message).toEqual({ id: 5, text: 'hit', date: '2024-01-01T00:00:00Z' });
});

const BROKEN: [string, string][] = [
  ['no JSON', '"2":{"id":2,"text":"hit}'],
  ['another id than its key', '"2":{"id":3,"text":"hit"}'],
  ['out of order', '"1":{"id":1,"text":"hit"}'],
  ['no message', '"2":{"id":2,"text":"hit","date":5}'],
];

for (const [what, line] of BROKEN) {
  test(`a hit in a line that is ${what} is an error, after the hits of the others`, async () => {
    await using store = await tempStore({ problems: ['CHECK_UNREADABLE'] });
    const metadata = '"metadata":{"conversation_id":"1","schema_version":1}}';
    await store.put(
      '1_unprocessed.json',
      `{"messages":{\n"1":{"id":1,"text":"hit"},\n${line}\n},\n${metadata}\n`,
    );
    await store.files.saveConversation(conversation('2', [message(9, { text: 'hit' })]));
    const hits: string[] = [];
    const search = async () => {
      for await (const hit of store.files.searchMessages('hit')) hits.push(name(hit));
    };
    await expect(search()).rejects.toMatchObject({ code: 'STORE_INVALID_FILE' });
    expect(hits).toEqual(['1:1', '2:9']);
  });
}

test('conversations that can not be read are told of, and the others searched', async () => {
  await using store = await tempStore({ problems: ['CHECK_UNREADABLE', 'CHECK_UNREADABLE'] });
  await store.put('1_unprocessed.json', '{"messages":');
  await store.files.saveConversation(conversation('2'));
  await store.put('3_unprocessed.json', 'no JSON');
  const told: unknown[] = [];
  const onUnreadable = (id: string, error: unknown) =>
    told.push([id, (error as { code: string }).code]);
  expect(await find(store.files, 'text', { onUnreadable })).toEqual(['2:1']);
  expect(told).toEqual([
    ['1', 'STORE_INVALID_FILE'],
    ['3', 'STORE_INVALID_FILE'],
  ]);
  const error = await find(store.files, 'text').catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(AggregateError);
  expect((error as AggregateError).errors).toHaveLength(2);
});

test('a conversation that is deleted meanwhile is passed over', async () => {
  await using store = await threeConversations();
  const hits: string[] = [];
  for await (const hit of store.files.searchMessages('1')) {
    hits.push(name(hit));
    if (hits.length === 1) await rm(`${store.path}/7_unprocessed.json`);
  }
  expect(hits).toEqual(['-3:1', '20:1']);
});

/** A store with one conversation of several blocks, each message a hit; counts what is read of it, and what is open. */
async function largeStore() {
  const store = await tempStore({ durability: 'relaxed' });
  await store.files.saveConversation(
    conversation('1', messages(6, { text: `hit${'y'.repeat(999_000)}` })),
  );
  const seen = { bytes: 0, open: 0, readsInFlight: 0 };
  const fileSystem = watching(({ name, args }) => {
    // there is no undo record to open
    if (name === 'open' && !String(args[0]).endsWith('.undo')) seen.open += 1;
    if (name === 'handle.close') {
      expect(seen.readsInFlight).toBe(0);
      seen.open -= 1;
    }
    if (name !== 'handle.read') return undefined;
    seen.bytes += args[2] as number;
    return async (real) => {
      seen.readsInFlight += 1;
      const result = await real(...args);
      seen.readsInFlight -= 1;
      return result;
    };
  });
  const files = new FileManager({ storageDir: store.path, fileSystem });
  return { store, files, seen, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
}

test('the first hit comes before the rest is read, and who stops closes the file', async () => {
  await using large = await largeStore();
  for await (const hit of large.files.searchMessages('hit')) {
    expect(name(hit)).toBe('1:1');
    expect(large.seen.bytes).toBeLessThan(3_300_000);
    expect(large.seen.open).toBe(1);
    break;
  }
  expect(large.seen.open).toBe(0);
  expect(large.seen.bytes).toBeLessThan(3_300_000);
  expect(await find(large.files, 'hit')).toHaveLength(6);
  expect(large.seen.open).toBe(0);
});

test('a signal stops it with its reason', async () => {
  await using large = await largeStore();
  const controller = new AbortController();
  const search = async () => {
    for await (const _hit of large.files.searchMessages('hit', { signal: controller.signal })) {
      controller.abort(new Error('enough'));
    }
  };
  await expect(search()).rejects.toThrow('enough');
  expect(large.seen.open).toBe(0);
  expect(large.seen.bytes).toBeLessThan(3_300_000);
  const { signal } = controller;
  await expect(find(large.files, 'nothing', { signal })).rejects.toThrow('enough');
});
