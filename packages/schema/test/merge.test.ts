import { expect, test } from 'vitest';
import {
  isIdConflict,
  isSameMessage,
  type Message,
  mergeMessage,
  mergeMessages,
} from '../src/index.ts';
import { codeOf } from './support/code-of.ts';

const DAY = '2023-11-15T12:30:00Z';
const LATER = '2023-11-15T12:31:00Z';

function winnerIs(winner: Message, loser: Message): void {
  expect(mergeMessage(loser, winner)).toBe(winner);
  expect(mergeMessage(winner, loser)).toBe(winner);
}

test('a deleted message stays deleted, whatever an older export says', () => {
  winnerIs(
    { id: 1, text: '', deleted: true },
    { id: 1, text: 'zzz', edit_date: LATER, media_path: 'photos/a.jpg', sender_id: 'user1' },
  );
  winnerIs({ id: 1, deleted: true }, { id: 1, deleted: false, edit_date: LATER });
});

test('then the later edit stands', () => {
  winnerIs(
    { id: 1, text: 'a', edit_date: LATER },
    { id: 1, text: 'z', edit_date: DAY, media_path: 'photos/a.jpg', sender_id: 'user1' },
  );
  winnerIs({ id: 1, text: 'a', edit_date: DAY }, { id: 1, text: 'z', sender_id: 'user1' });
  winnerIs(
    { id: 1, text: 'a', edit_date: '2023-11-15T12:30:00.5Z' },
    { id: 1, text: 'z', edit_date: DAY },
  );
  winnerIs({ id: 1, deleted: true, edit_date: LATER }, { id: 1, deleted: true, text: 'z' });
});

test('then a real media path stands over a placeholder, and over none', () => {
  const placeholder = '(File not included. Change data exporting settings to download.)';
  for (const media_path of [placeholder, null, '']) {
    winnerIs(
      { id: 1, text: 'a', media_path: 'photos/a.jpg' },
      { id: 1, text: 'z', media_path, sender_id: 'user1' },
    );
  }
  winnerIs({ id: 1, media_path: '(1)/a.jpg' }, { id: 1, text: 'z', media_path: '(none)' });
  winnerIs({ id: 1, edit_date: DAY, media_path: 'a' }, { id: 1, edit_date: DAY, text: 'z' });
});

test('then a sender stands over none', () => {
  winnerIs({ id: 1, text: 'a', sender_id: 'user1' }, { id: 1, text: 'z' });
  winnerIs({ id: 1, text: 'a', sender_id: 'user1' }, { id: 1, text: 'z', sender_id: null });
  winnerIs({ id: 1, text: 'a', sender_id: 0 }, { id: 1, text: 'z' });
});

test('then the greater canonical text stands, by code point and not by key order', () => {
  winnerIs({ id: 1, text: 'b' }, { id: 1, text: 'a' });
  winnerIs({ id: 1, text: '😀' }, { id: 1, text: '\uffff' });
  winnerIs({ id: 1, b: 2, a: 'x' }, { id: 1, a: 'x', b: 1 });
});

test('of two messages that mean the same the first stays', () => {
  const first = {
    id: 1,
    text: 'a',
    sender_id: 'user1',
    edit_date: null,
    reply_to_id: 5,
    reactions: [{ count: 1, emoji: null, user_ids: [7, 2n ** 64n] }],
    raw_data: { b: 1, a: { d: null, c: 2 } },
  };
  const second = {
    raw_data: { a: { c: 2 }, b: 1 },
    reactions: [{ user_ids: ['7', String(2n ** 64n)], count: 1 }],
    text: 'a',
    reply_to_id: '5',
    id: '1',
    sender_id: 'user1',
    deleted: undefined,
  };
  expect(isSameMessage(first, second)).toBe(true);
  expect(mergeMessage(first, second)).toBe(first);
  expect(mergeMessage(second, first)).toBe(second);
});

test.each([
  [{ id: 1, text: '' }, { id: 1 }],
  [
    { id: 1, date: DAY },
    { id: 1, date: LATER },
  ],
  [
    { id: 1, x: 1 },
    { id: 1, x: '1' },
  ],
  [
    { id: 1, x: [null] },
    { id: 1, x: [] },
  ],
  [
    { id: 1, x: [1, 2] },
    { id: 1, x: [2, 1] },
  ],
  [{ id: 1, raw_data: {} }, { id: 1 }],
  [{ id: 1 }, { id: 2 }],
  [JSON.parse('{"id":1,"__proto__":{"x":1}}'), { id: 1 }],
] as [Message, Message][])('%o and %o do not mean the same', (first, second) => {
  expect(isSameMessage(first, second)).toBe(false);
  expect(mergeMessage(first, second)).toBe(mergeMessage(second, first));
});

test('merging adds, edits, counts what changes nothing, and puts all in order', () => {
  const existing = new Map<string, Message>([
    ['2', { id: 2, text: 'two' }],
    ['10', { id: 10, text: 'ten', sender_id: 'user1' }],
    ['x', { id: 'x' }],
  ]);
  const before = structuredClone(existing);
  const { messages, added, edited, unchanged } = mergeMessages(existing, [
    { id: 11 },
    { id: -1, text: 'a' },
    { id: 2, text: 'two, edited', edit_date: DAY },
    { id: '10', text: 'ten', sender_id: 'user1' },
    { id: 10, text: 'without sender' },
    { id: -1, text: 'b' },
    { id: -1, text: 'a' },
    { id: 2, text: 'again', edit_date: LATER },
  ]);
  expect([...messages.keys()]).toEqual(['-1', '2', '10', '11', 'x']);
  expect(messages.get('-1')?.text).toBe('b');
  expect(messages.get('2')?.text).toBe('again');
  expect(messages.get('10')).toBe(existing.get('10'));
  expect(added).toEqual(['11', '-1']);
  expect(edited).toEqual(['2']);
  expect(unchanged).toBe(3);
  expect(existing).toEqual(before);
});

test('an id stands for two messages where their dates differ', () => {
  const at = (date: string | null, raw_data?: object): Message => ({
    id: 1,
    date,
    ...(raw_data && { raw_data: { ...raw_data } }),
  });
  expect(isIdConflict(at(DAY), at(LATER))).toBe(true);
  expect(isIdConflict(at(DAY), at(DAY))).toBe(false);
  expect(isIdConflict(at(DAY), at('2023-11-15T12:30:00.0Z'))).toBe(false);
  expect(isIdConflict(at(DAY), at(null))).toBe(false);
  expect(isIdConflict(at(null), at(DAY))).toBe(false);
  expect(isIdConflict(at(DAY), at('2023-11-15T14:30:00Z'))).toBe(true);
});

test('a date without known zone may be off by a zone: quarter hours, 26 hours at most', () => {
  const known: Message = { id: 1, date: DAY };
  const local = (date: string): Message => ({ id: 1, date, raw_data: { date: 'local' } });
  for (const date of [
    '2023-11-15T14:30:00Z',
    '2023-11-15T07:00:00Z',
    '2023-11-15T12:45:00Z',
    '2023-11-16T14:30:00Z',
    '2023-11-14T10:30:00Z',
  ]) {
    expect(isIdConflict(known, local(date)), date).toBe(false);
    expect(isIdConflict(local(date), known), date).toBe(false);
    expect(isIdConflict(local(date), local(DAY)), date).toBe(false);
    expect(isIdConflict(known, { id: 1, date }), date).toBe(true);
  }
  for (const date of [
    '2023-11-15T12:31:00Z',
    '2023-11-15T14:30:01Z',
    '2023-11-16T14:45:00Z',
    '2023-11-14T10:15:00Z',
    '2022-11-15T12:30:00Z',
  ]) {
    expect(isIdConflict(known, local(date)), date).toBe(true);
    expect(isIdConflict(local(date), known), date).toBe(true);
  }
});

test('an id stands for two messages where the kinds of their senders differ', () => {
  const from = (sender_id: Message['sender_id']): Message => ({ id: 1, sender_id, date: DAY });
  expect(isIdConflict(from('user1'), from('channel1'))).toBe(true);
  expect(isIdConflict(from('chat-5'), from('user5'))).toBe(true);
  expect(isIdConflict(from('user1'), from('user2'))).toBe(false);
  for (const sender of [undefined, null, 5, 2n ** 64n, 'ann', 'User1', 'user', 'user1x']) {
    expect(isIdConflict(from('user1'), from(sender))).toBe(false);
    expect(isIdConflict(from(sender), from('user1'))).toBe(false);
  }
});

test('a message nested deeper than the call stack gives a SchemaError', () => {
  const deep = JSON.parse(`{"id":1,"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`) as Message;
  expect(codeOf(() => mergeMessage(deep, { id: 1 }))).toBe('SCHEMA_INVALID');
  expect(codeOf(() => isSameMessage({ id: 1 }, deep))).toBe('SCHEMA_INVALID');
});
