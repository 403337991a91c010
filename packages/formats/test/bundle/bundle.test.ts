import type { Message, Metadata } from '@tgstore/schema';
import { parseJson, sampleConversation } from '@tgstore/schema';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BundleItem, writeBundle } from '../../src/index.ts';
import { readAll, readOne } from '../support/read.ts';

const SEED = Number(process.env.TGSTORE_SEED ?? 20_261_123);
const exportedAt = '2026-11-23T04:00:00Z';

async function text(items: Iterable<BundleItem>, conversationCount?: number): Promise<string> {
  let result = '';
  for await (const piece of writeBundle(items, { exportedAt, conversationCount })) result += piece;
  return result;
}

function item(id: string, messages: Message[] = [], more: Partial<BundleItem> = {}): BundleItem {
  return { id, status: 'unprocessed', messages, metadata: { conversation_id: id }, ...more };
}

describe('a bundle', () => {
  test('is one JSON document with one message a line', async () => {
    const written = await text(
      [
        item(
          '7',
          [
            { id: 1, text: 'a\nb' },
            { id: 2, raw_data: { n: 9007199254740993n } },
          ],
          {
            status: 'processed',
          },
        ),
        item('-8'),
      ],
      2,
    );
    expect(written).toBe(
      `{"metadata":{"exported_at":"2026-11-23T04:00:00Z","format":"tgstore-bundle","format_version":1,"conversation_count":2},
"conversations":{
"7":{"status":"processed","messages":{
"1":{"id":1,"text":"a\\nb"},
"2":{"id":2,"raw_data":{"n":9007199254740993}}
},
"metadata":{"conversation_id":"7"}}
,"-8":{"status":"unprocessed","messages":{
},
"metadata":{"conversation_id":"-8"}}
}}
`,
    );
    expect(JSON.parse(written).conversations['7'].messages['1'].text).toBe('a\nb');
  });

  test('may be empty', async () => {
    const written = await text([]);
    expect(JSON.parse(written)).toEqual({
      metadata: { exported_at: exportedAt, format: 'tgstore-bundle', format_version: 1 },
      conversations: {},
    });
    expect(await readAll(written)).toMatchObject({
      format: 'bundle',
      kind: 'bundle',
      conversations: [],
    });
  });

  test('comes in pieces', async () => {
    const messages = Array.from({ length: 3000 }, (_, id) => ({ id, text: 'x'.repeat(100) }));
    let pieces = 0;
    for await (const piece of writeBundle([item('7', messages)], { exportedAt })) {
      pieces += 1;
      expect(piece.length).toBeLessThan(70_000);
    }
    expect(pieces).toBeGreaterThan(4);
  });

  test('is not written with the metadata of another conversation', async () => {
    await expect(text([item('7', [], { metadata: { conversation_id: '8' } })])).rejects.toThrow(
      TypeError,
    );
  });

  test('gives back what was written', async () => {
    const { messages, metadata } = sampleConversation();
    const other = { added_by_hand: [1], __other: null };
    const written = await text([
      { id: '12345', status: 'processed', messages: messages.values(), metadata, other },
      item('-8'),
    ]);
    const { conversations, report } = await readAll(written, { chunk: 10 });
    expect(conversations).toEqual([
      {
        place: 'conversations.12345',
        messages: [...messages.values()],
        metadata,
        status: 'processed',
        other,
      },
      {
        place: 'conversations.-8',
        messages: [],
        metadata: { conversation_id: '-8' },
        status: 'unprocessed',
        other: undefined,
      },
    ]);
    expect(report).toMatchObject({ messages: 3, conversations: 2 });
  });

  test(`gives back whatever was written, with seed ${SEED}`, async () => {
    const key = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.constantFrom('__proto__', 'constructor', '7'),
    );
    const message = fc.record({
      id: fc.oneof(fc.integer(), fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n }), key),
      text: fc.string({ unit: 'grapheme' }),
      raw_data: fc.dictionary(key, fc.jsonValue({ maxDepth: 2 })).map(withPrototype),
    });
    const conversation = fc.record({
      id: key,
      status: fc.constantFrom('processed' as const, 'unprocessed' as const),
      messages: fc.array(message),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(conversation),
        fc.integer({ min: 1, max: 300 }),
        async (items, chunk) => {
          const written = await text(
            items.map(({ id, status, messages }) => item(id, messages, { status })),
          );
          const { conversations } = await readAll(written, { chunk });
          const back = conversations.map(({ metadata, status, messages }) => ({
            id: metadata.conversation_id,
            status,
            messages,
          }));
          expect(back).toEqual(items);
        },
      ),
      { seed: SEED, numRuns: 200 },
    );
  });
});

function withPrototype(dictionary: Record<string, unknown>): Record<string, unknown> {
  return parseJson(JSON.stringify(dictionary)) as Record<string, unknown>;
}

const bundle = (conversations: object, more = {}) => JSON.stringify({ ...more, conversations });

describe('a bundle of others', () => {
  test('has its keys in any order, and any layout', async () => {
    const metadata = { name: 'A', conversation_id: '7' };
    const messages = { 5: { id: 5 }, 6: { id: 6 } };
    for (const keys of [
      { metadata, messages },
      { messages, metadata, status: 'processed' },
    ]) {
      const input = JSON.stringify({ conversations: { 7: keys }, metadata: { x: 1 } }, null, 2);
      const { conversations } = await readAll(input);
      expect(conversations).toMatchObject([
        {
          messages: [{ id: 5 }, { id: 6 }],
          metadata,
          status: 'status' in keys ? 'processed' : 'unprocessed',
        },
      ]);
    }
  });

  test('may have its messages in an array, or none', async () => {
    const { conversations } = await readAll(
      bundle({ 7: { messages: [{ id: 5 }] }, 8: { messages: null }, 9: {} }),
    );
    expect(conversations.map(({ messages }) => messages)).toEqual([[{ id: 5 }], [], []]);
  });

  test('may be in the spelling of the original', async () => {
    const one = {
      messages: { 5: { text: 'a', date: '2023-11-15 12:30:00+01:00' } },
      metadata: { id: 7, isGroup: false, chatType: 'private', last_message: { id: 5, text: 'a' } },
    };
    const { messages, metadata } = await readOne(bundle({ 7: one }));
    expect(messages).toEqual([{ id: 5, text: 'a', date: '2023-11-15T11:30:00Z' }]);
    expect(metadata).toMatchObject({
      conversation_id: '7',
      is_group: false,
      chat_type: 'private',
      last_message_id: 5,
    });
  });

  test.each(['conversation_id', 'conversationId', 'chat_id', 'chatId', 'id'])(
    'may have the metadata beside the messages, with %s',
    async (key) => {
      const { metadata, other } = await readOne(
        bundle({ 7: { [key]: 7, name: 'A', messages: {} } }),
      );
      expect(metadata).toEqual({ conversation_id: '7', name: 'A' });
      expect(other).toBeUndefined();
    },
  );

  test('needs no ids but its keys', async () => {
    const { metadata } = await readOne(bundle({ __proto__x: { metadata: { name: 'A' } } }));
    expect(metadata).toEqual({ conversation_id: '__proto__x', name: 'A' });
    const proto = await readOne(
      '{"conversations":{"__proto__":{"messages":{"__proto__":{"id":"__proto__"}}}}}',
    );
    expect(proto).toMatchObject({
      metadata: { conversation_id: '__proto__' },
      messages: [{ id: '__proto__' }],
    });
  });
});

describe('is refused', () => {
  test.each([
    [
      'a conversation under another id',
      bundle({ 7: { metadata: { conversation_id: '8' } } }),
      'FORMAT_BAD_ID',
      /conversations\.7 .* 8/,
    ],
    [
      'a bundle of a later version',
      bundle({}, { metadata: { format_version: 2 } }),
      'FORMAT_TOO_NEW',
      /version 2/,
    ],
    [
      'the same, said at the end',
      '{"conversations":{},"metadata":{"format_version":2}}',
      'FORMAT_TOO_NEW',
      /version 2/,
    ],
    [
      'a conversation of a later version',
      bundle({ 7: { metadata: { schema_version: 99 } } }),
      'FORMAT_TOO_NEW',
      /conversations\.7/,
    ],
    [
      'the same, behind the messages',
      bundle({ 7: { messages: {}, metadata: { schema_version: 99 } } }),
      'FORMAT_TOO_NEW',
      /99/,
    ],
    ['an array', bundle([]), 'FORMAT_INVALID_JSON', /conversations/],
    ['a conversation that is none', bundle({ 7: 5 }), 'FORMAT_INVALID_JSON', /conversations\.7/],
  ])('%s', async (_name, input, code, words) => {
    const error = await readAll(input).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'FormatError', code });
    expect((error as Error).message).toMatch(words);
  });
});

test('messages that are none are skipped, and named', async () => {
  const { messages, report } = await readOne(
    `{"conversations":{"7":{"messages":{"1":{"id":2},"3":5,"4":{"id":4},"5":{"a":nul}},"messages":[]}}}`,
  );
  expect(messages).toEqual([{ id: 4 }]);
  expect(report.skipped.first).toMatchObject([
    { place: 'conversations.7.messages.1', offset: 39, reason: 'its id is 2, but its key says 1' },
    { place: 'conversations.7.messages.3', reason: 'it is no object' },
    { place: 'conversations.7.messages.5' },
    { place: 'conversations.7.messages', reason: 'the conversation has a second key of this name' },
  ]);
  const bare = await readOne('{"conversations":{"7":{"messages":[{"text":"a"}]}}}');
  expect(bare.report.skipped.first).toMatchObject([
    { place: 'conversations.7.messages[0]', reason: 'it has no id' },
  ]);
});

test('a bundle that is damaged ends there', async () => {
  const { conversations, report } = await readAll(
    '{"conversations":{"7":{"messages":{"1":{"id":1}"2":{"id":2}}},"8":{"messages":{}}}}',
  );
  expect(conversations).toMatchObject([{ messages: [{ id: 1 }] }]);
  expect(report.damaged).toMatchObject({
    place: 'conversations.7.messages',
    conversation: '7',
    reason: 'expected , or }, found "',
  });
});

test('cut off at any byte it gives the messages before the cut', async () => {
  const metadata: Metadata = { conversation_id: '7', name: 'A' };
  const written = await text([
    { id: '7', status: 'processed', messages: [{ id: 1 }, { id: 2 }], metadata },
    item('8', [{ id: 3 }]),
  ]);
  const ends = [1, 2, 3].map(
    (id) => written.indexOf(`"${id}":{"id":${id}}`) + `"${id}":{"id":${id}}`.length,
  );
  for (let length = 1; length < written.length - 1; length += 1) {
    const result = await readAll(written.slice(0, length)).catch(
      (error: unknown) => error as Error,
    );
    const expected = ends.filter((end) => end <= length).length;
    if (result instanceof Error) {
      expect(result).toMatchObject({ code: 'FORMAT_TRUNCATED' });
      expect([length, expected]).toEqual([length, 0]);
      continue;
    }
    expect([length, result.report.messages]).toEqual([length, expected]);
    expect(result.report.truncated).toMatchObject({ offset: length });
  }
});
