import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { normalizeMessage, normalizeMetadata } from '../src/original.ts';
import { fc } from './support/fast-check.ts';
import { jsonValue, record, text } from './support/json-values.ts';

test('the first spelling of the original stays, its dates in UTC', () => {
  const metadata = {
    conversation_id: '12345',
    name: 'Ann',
    username: null,
    is_group: false,
    is_channel: false,
    chat_type: 'private',
    last_message_date: '2023-11-15T12:30:00+00:00',
    last_update: '2023-11-15 14:30:00+02:00',
    participants: [{ id: 1 }],
  };
  expect(normalizeMetadata(metadata)).toEqual({
    ...metadata,
    last_message_date: '2023-11-15T12:30:00Z',
    last_update: '2023-11-15T12:30:00Z',
  });
});

test('the later spelling of the original becomes ours; the text of its last message stays', () => {
  const last = { id: 102, text: 'Hi', date: '2023-11-15T12:30:00+00:00' };
  expect(
    normalizeMetadata({
      id: 12_345,
      isGroup: true,
      isChannel: false,
      last_message: last,
      last_updated: '2023-11-15T13:00:00+00:00',
    }),
  ).toEqual({
    conversation_id: '12345',
    is_group: true,
    is_channel: false,
    last_message: last,
    last_message_id: 102,
    last_message_date: '2023-11-15T12:30:00Z',
    last_update: '2023-11-15T13:00:00Z',
  });
});

test.each([
  ['id', 'conversation_id', '5'],
  ['chatId', 'conversation_id', '5'],
  ['chat_id', 'conversation_id', '5'],
  ['conversationId', 'conversation_id', '5'],
  ['isGroup', 'is_group', true],
  ['isChannel', 'is_channel', true],
  ['chatType', 'chat_type', 'private'],
  ['conversationTypes', 'conversation_types', ['bot']],
  ['last_updated', 'last_update', '2023-11-15T13:00:00Z'],
  ['lastUpdated', 'last_update', '2023-11-15T13:00:00Z'],
  ['lastMessageDate', 'last_message_date', '2023-11-15T13:00:00Z'],
  ['lastMessageId', 'last_message_id', 7],
  ['messageCount', 'message_count', 3],
])('%s is read as %s, and stays beside it where both are there', (theirs, ours, value) => {
  expect(normalizeMetadata({ [theirs]: value })).toEqual({ [ours]: value });
  const both = { [theirs]: value, [ours]: 'ours' };
  expect(normalizeMetadata(both)).toEqual(both);
});

test('a second alias of one key keeps its name', () => {
  expect(normalizeMetadata({ id: 'a', chatId: 'b', chat_id: 'c' })).toEqual({
    conversation_id: 'a',
    chatId: 'b',
    chat_id: 'c',
  });
});

test('an id that is an integer of any size becomes a string', () => {
  expect(normalizeMetadata({ id: -1_001_234 })).toEqual({ conversation_id: '-1001234' });
  expect(normalizeMetadata({ conversation_id: 2n ** 64n })).toEqual({
    conversation_id: '18446744073709551616',
  });
});

test('last_message fills only what is absent, and only where it is an object', () => {
  const known = { last_message_id: 1, last_message_date: '2020-01-01T00:00:00Z' };
  const last = { id: 2, date: '2021-01-01T00:00:00Z' };
  expect(normalizeMetadata({ ...known, last_message: last })).toMatchObject(known);
  expect(normalizeMetadata({ last_message: { id: 2 } })).toEqual({
    last_message: { id: 2 },
    last_message_id: 2,
  });
  for (const value of [null, 'Hi', [last], {}]) {
    expect(normalizeMetadata({ last_message: value })).toEqual({ last_message: value });
  }
});

test('a message without id takes it from its key: a number where the key is one', () => {
  expect(normalizeMessage({ text: 'a' }, '7')).toEqual({ id: 7, text: 'a' });
  expect(normalizeMessage({ id: null, text: 'a' }, '-7')).toEqual({ id: -7, text: 'a' });
  for (const key of ['007', '1e3', '-0', '9007199254740993', 'a', '__proto__', '']) {
    expect(normalizeMessage({}, key)).toEqual({ id: key });
  }
  expect(normalizeMessage({ text: 'a' })).toEqual({ text: 'a' });
  expect(normalizeMessage({ id: 0 }, '7')).toEqual({ id: 0 });
});

test('both dates of a message are brought to UTC; what needs no change comes back itself', () => {
  const raw = { id: 1, date: '2023-11-15 14:30+02:00', edit_date: 1_700_051_400, x: { date: 1 } };
  const before = structuredClone(raw);
  expect(normalizeMessage(raw)).toEqual({
    id: 1,
    date: '2023-11-15T12:30:00Z',
    edit_date: '2023-11-15T12:30:00Z',
    x: { date: 1 },
  });
  expect(raw).toEqual(before);
  const normal = { id: 1, date: '2023-11-15T12:30:00Z', edit_date: null };
  expect(normalizeMessage(normal, '1')).toBe(normal);
});

const keys = fc.oneof(
  text,
  fc.constantFrom(
    ...['id', 'chatId', 'chat_id', 'conversation_id', 'isGroup', 'is_group', 'last_message'],
    ...[
      'last_updated',
      'lastUpdated',
      'last_update',
      'last_message_id',
      'lastMessageId',
      'messages',
    ],
  ),
);
const values = fc.oneof(
  jsonValue,
  record(jsonValue, { key: fc.constantFrom('id', 'text', 'date') }),
);

test('metadata in any spelling lose no value, and a second time nothing changes', () => {
  fc.assert(
    fc.property(record(values, { key: keys, maxLength: 10 }), (raw) => {
      const before = structuredClone(raw);
      const metadata = normalizeMetadata(raw);
      expect(isDeepStrictEqual(raw, before)).toBe(true);
      const found = Object.values(metadata);
      for (const [key, value] of Object.entries(raw)) {
        const kept = found.some((item) => isDeepStrictEqual(item, value));
        // a date in seconds and an id that is a number are said in another way
        const said = typeof value === 'number' || typeof value === 'bigint';
        expect(kept || said, key).toBe(true);
      }
      expect(found.length).toBeGreaterThanOrEqual(Object.keys(raw).length);
      expect(isDeepStrictEqual(normalizeMetadata(metadata), metadata)).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test('a message loses no key and no value', () => {
  const messageKeys = fc.oneof(text, fc.constantFrom('id', 'date', 'edit_date', '__proto__'));
  fc.assert(
    fc.property(record(jsonValue, { key: messageKeys }), text, (raw, key) => {
      const message = normalizeMessage(raw, key);
      for (const [name, value] of Object.entries(raw)) {
        if (name === 'id' && value === null) continue;
        const isDate = (name === 'date' || name === 'edit_date') && typeof value === 'number';
        const now = Object.entries(message).find(([other]) => other === name)?.[1];
        if (!isDate) expect(isDeepStrictEqual(now, value), name).toBe(true);
      }
      expect(Object.hasOwn(message, 'id')).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});
