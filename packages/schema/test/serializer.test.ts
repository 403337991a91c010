import { expect, test } from 'vitest';
import {
  type Conversation,
  ConversationSerializer,
  conversationChunks,
  deserializeConversation,
  extractMessages,
  extractMetadata,
  getLatestMessageDate,
  getLatestMessageId,
  readDocument,
  SCHEMA_VERSION,
  sampleConversation,
  serializeConversation,
  validateConversation,
} from '../src/index.ts';
import { codeOf, schemaErrorOf } from './support/code-of.ts';

const METADATA = { conversation_id: '12345' };

test('a file has one message a line and the metadata in the last line', () => {
  const text = serializeConversation({
    messages: new Map([
      ['101', { id: 101, text: 'a\nb' }],
      ['102', { id: 102 }],
    ]),
    metadata: METADATA,
    other: { extra: { x: 1 } },
  });
  expect(text).toBe(`{"messages":{
"101":{"id":101,"text":"a\\nb"},
"102":{"id":102}
},
"metadata":{"conversation_id":"12345"},"extra":{"x":1}}
`);
});

test('a file without messages', () => {
  const text = serializeConversation({ messages: new Map(), metadata: METADATA });
  expect(text).toBe('{"messages":{\n},\n"metadata":{"conversation_id":"12345"}}\n');
  expect(deserializeConversation(text)).toEqual({ messages: new Map(), metadata: METADATA });
});

test('chunks are the pieces of the text, message by message', () => {
  const chunks = [...conversationChunks(sampleConversation())];
  expect(chunks).toHaveLength(5);
  expect(chunks.join('')).toBe(serializeConversation(sampleConversation()));
});

test('any other layout is read too: pretty-printed, with a byte order mark, keys in any order', () => {
  const sample = sampleConversation();
  const document = { messages: Object.fromEntries(sample.messages), metadata: sample.metadata };
  const reversed = { metadata: sample.metadata, messages: Object.fromEntries(sample.messages) };
  for (const json of [
    JSON.stringify(document),
    JSON.stringify(document, null, 4),
    `\ufeff${JSON.stringify(document, null, '\t')}`,
    `\r\n ${JSON.stringify(reversed)} \n`,
  ]) {
    expect(deserializeConversation(json)).toEqual(sample);
  }
});

test('messages may be an array, with ids of their own', () => {
  const conversation = deserializeConversation(
    JSON.stringify({
      metadata: METADATA,
      messages: [{ id: 10 }, { id: 'a' }, { id: -5 }, { id: '9' }],
    }),
  );
  expect([...conversation.messages]).toEqual([
    ['-5', { id: -5 }],
    ['9', { id: '9' }],
    ['10', { id: 10 }],
    ['a', { id: 'a' }],
  ]);
});

test('metadata may stand at the top level, under any name of the id', () => {
  for (const key of ['conversation_id', 'id', 'chatId', 'chat_id', 'conversationId']) {
    const json = JSON.stringify({
      [key]: 12_345,
      name: 'Ann',
      extra: 1,
      messages: { 7: { text: 'Hi' } },
    });
    expect(deserializeConversation(json)).toEqual({
      messages: new Map([['7', { id: 7, text: 'Hi' }]]),
      metadata: { conversation_id: '12345', name: 'Ann', extra: 1 },
    });
  }
  expect(codeOf(() => deserializeConversation('{"name":"Ann","messages":{}}'))).toBe(
    'SCHEMA_INVALID',
  );
});

test('a file of the original, later spelling', () => {
  const conversation = deserializeConversation(`{
    "messages": {
      "102": {"id": 102, "sender_id": 777, "text": "Ho", "date": "2023-11-15T12:31:00+00:00"},
      "101": {"text": "Hi", "date": "2023-11-15T12:30:00", "edit_date": null}
    },
    "metadata": {"chatId": -100123, "isGroup": true, "last_updated": "2023-11-15T13:00:00+00:00",
      "last_message": {"id": 102, "text": "Ho", "date": "2023-11-15T12:31:00+00:00"}}
  }`);
  expect([...conversation.messages]).toEqual([
    ['101', { id: 101, text: 'Hi', date: '2023-11-15T12:30:00Z', edit_date: null }],
    ['102', { id: 102, sender_id: 777, text: 'Ho', date: '2023-11-15T12:31:00Z' }],
  ]);
  expect(conversation.metadata).toEqual({
    conversation_id: '-100123',
    is_group: true,
    last_update: '2023-11-15T13:00:00Z',
    last_message_id: 102,
    last_message_date: '2023-11-15T12:31:00Z',
    last_message: { id: 102, text: 'Ho', date: '2023-11-15T12:31:00+00:00' },
  });
});

test('messages come in the order of their ids, not in that of the keys of an object', () => {
  const ids = ['b', '10', '-5', '9', '9007199254740993', '9007199254740992', '007', '-10'];
  const messages = Object.fromEntries(ids.map((id) => [id, {}]));
  const conversation = readDocument({ metadata: METADATA, messages });
  expect([...conversation.messages.keys()]).toEqual([
    ...['-10', '-5', '9', '10', '9007199254740992', '9007199254740993', '007', 'b'],
  ]);
});

test('__proto__ and constructor are data: as message keys, beside the messages and in any object', () => {
  const json = `{"messages":{
"__proto__":{"id":"__proto__","__proto__":{"admin":true}},
"constructor":{"id":"constructor","raw_data":{"__proto__":1}}
},
"metadata":{"conversation_id":"__proto__","schema_version":1,"__proto__":{"x":1}},"__proto__":{"y":1},"constructor":2}
`;
  const conversation = deserializeConversation(json);
  expect([...conversation.messages.keys()]).toEqual(['__proto__', 'constructor']);
  expect((conversation.metadata as { x?: number }).x).toBeUndefined();
  expect(({} as { admin?: boolean }).admin).toBeUndefined();
  expect(serializeConversation(conversation)).toBe(json);
  const old = deserializeConversation(json.replace('"schema_version":1,', ''));
  expect(serializeConversation(old)).toBe(json.replace('"schema_version":1,', ''));
});

test('a validated conversation may come as a Map, an object, an array or any iterable', () => {
  const messages = [
    { id: 2, text: 'b' },
    { id: 1, text: 'a' },
  ];
  const expected = {
    messages: new Map([
      ['1', { id: 1, text: 'a' }],
      ['2', { id: 2, text: 'b' }],
    ]),
    metadata: METADATA,
  };
  function* generate() {
    yield* messages;
  }
  const keyed = messages.map((message): [string, unknown] => [String(message.id), message]);
  const numbered = new Map(messages.map((message) => [message.id, message])) as never;
  for (const given of [
    new Map(keyed),
    Object.fromEntries(keyed),
    messages,
    new Set(messages),
    generate(),
    numbered,
  ]) {
    const conversation = validateConversation({ metadata: METADATA, messages: given });
    expect(conversation).toEqual(expected);
    expect([...conversation.messages.keys()]).toEqual(['1', '2']);
  }
});

test('validation brings a program’s dates and names to ours and changes nothing of what it was given', () => {
  const given = {
    metadata: { chatId: 5 },
    messages: [{ id: 1, date: 1_700_051_400 }],
    other: { x: 1 },
  };
  const before = structuredClone(given);
  expect(validateConversation(given)).toEqual({
    metadata: { conversation_id: '5' },
    messages: new Map([['1', { id: 1, date: '2023-11-15T12:30:00Z' }]]),
    other: { x: 1 },
  });
  expect(given).toEqual(before);
});

test('every problem is named by its path, the first ten of them', () => {
  const messages = {
    101: { id: 101, date: 'yesterday' },
    102: { id: 7 },
    103: { id: 103, entities: [{ type: 'bold' }] },
    104: 'text',
  };
  const error = schemaErrorOf(() => readDocument({ metadata: { id: '', name: 5 }, messages }));
  expect(error.code).toBe('SCHEMA_INVALID');
  expect(error.problems.map(({ path }) => path)).toEqual([
    'metadata.conversation_id',
    'metadata.name',
    'messages.101.date',
    'messages.102.id',
    'messages.103.entities.0.offset',
    'messages.103.entities.0.length',
    'messages.104',
  ]);
  expect(error.message).toContain(
    'messages.101.date: not an ISO 8601 date in UTC, such as 2023-11-15T12:30:00Z; messages.102.id: is 7, but its key says 102; ',
  );
  const many = Object.fromEntries(Array.from({ length: 25 }, (_, n) => [n, { date: 'x' }]));
  const long = schemaErrorOf(() => readDocument({ metadata: METADATA, messages: many }));
  expect(long.problems).toHaveLength(10);
  expect(long.message).toMatch(/; and 15 more$/);
});

test('messages of an array are named by their id, or by their place where they have none', () => {
  const messages = [{ id: 5 }, { text: 'a' }, 'b', { id: {} }, { id: 5 }, { id: 6, text: 1 }];
  const error = schemaErrorOf(() => readDocument({ metadata: METADATA, messages }));
  expect(error.problems.map(({ path }) => path)).toEqual([
    'messages.[1].id',
    'messages.[2]',
    'messages.[3].id',
    'messages.5',
    'messages.6.text',
  ]);
  expect(error.message).toContain('messages.5: occurs twice');
});

test.each([
  ['5', '', 'a conversation file holds one JSON object'],
  ['[]', '', 'a conversation file holds one JSON object'],
  ['null', '', 'a conversation file holds one JSON object'],
  ['{}', 'metadata', 'metadata is missing or no object'],
  ['{"messages":{},"metadata":[]}', 'metadata', 'metadata is missing or no object'],
  ['{"messages":{},"metadata":null,"id":1}', 'metadata', 'metadata is missing or no object'],
  ['{"metadata":{"id":1}}', 'messages', 'expected an object or an array'],
  ['{"metadata":{"id":1},"messages":"x"}', 'messages', 'expected an object or an array'],
  ['{"metadata":{"id":1},"messages":null}', 'messages', 'expected an object or an array'],
])('%s is no conversation', (json, path, message) => {
  const error = schemaErrorOf(() => deserializeConversation(json));
  expect(error.code).toBe('SCHEMA_INVALID');
  expect(error.problems).toEqual([{ path, message }]);
});

test('what is no JSON, and what a newer release wrote, is told apart', () => {
  expect(codeOf(() => deserializeConversation('{"messages":{'))).toBe('SCHEMA_INVALID_JSON');
  expect(codeOf(() => deserializeConversation('\ufeff\ufeff{}'))).toBe('SCHEMA_INVALID_JSON');
  const json = `{"messages":{},"metadata":{"schema_version":${SCHEMA_VERSION + 1}}}`;
  expect(codeOf(() => deserializeConversation(json))).toBe('SCHEMA_VERSION_TOO_NEW');
});

test('other can not hide the messages or the metadata', () => {
  const other = { messages: {}, metadata: {}, x: 1 };
  const error = schemaErrorOf(() =>
    validateConversation({ metadata: METADATA, messages: [], other }),
  );
  expect(error.problems.map(({ path }) => path)).toEqual(['other.messages', 'other.metadata']);
});

test('what is no conversation at all is refused', () => {
  for (const value of [undefined, null, 'text', []]) {
    expect(codeOf(() => validateConversation(value as never))).toBe('SCHEMA_INVALID');
  }
});

test('ConversationSerializer has the functions that are exported one by one', () => {
  expect(ConversationSerializer).toEqual({
    serialize: serializeConversation,
    deserialize: deserializeConversation,
    validate: validateConversation,
    extractMetadata,
    extractMessages,
    getLatestMessageDate,
    getLatestMessageId,
  });
  const sample: Conversation = sampleConversation();
  expect(extractMetadata(sample)).toBe(sample.metadata);
  expect(extractMessages(sample)).toEqual([...sample.messages.values()]);
});
