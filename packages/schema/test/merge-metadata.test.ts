import { expect, test } from 'vitest';
import { type Metadata, mergeMetadata } from '../src/index.ts';

const old: Metadata = {
  conversation_id: '1',
  name: 'Ann',
  username: 'ann',
  last_message_date: '2023-01-01T00:00:00Z',
  extra: { kept: true },
};
const young: Metadata = {
  conversation_id: '1',
  name: 'Ann Lee',
  username: null,
  last_message_date: '2023-06-01T00:00:00Z',
  another: 1,
};

test('what the source with the later last message says stands, filled up from the other', () => {
  const expected = {
    conversation_id: '1',
    name: 'Ann Lee',
    username: 'ann',
    last_message_date: '2023-06-01T00:00:00Z',
    extra: { kept: true },
    another: 1,
  };
  expect(mergeMetadata(old, young)).toEqual(expected);
  expect(mergeMetadata(young, old)).toEqual(expected);
});

test('of two equally late ones, or without dates, the incoming one stands', () => {
  const a = { conversation_id: '1', name: 'a' };
  const b = { conversation_id: '1', name: 'b' };
  expect(mergeMetadata(a, b).name).toBe('b');
  expect(mergeMetadata(b, a).name).toBe('a');
  expect(mergeMetadata({ ...a, last_message_date: '2023-01-01T00:00:00Z' }, b).name).toBe('a');
});

test('instants are compared, not texts', () => {
  const whole = { ...old, name: 'whole', last_message_date: '2023-01-01T00:00:00Z' };
  const finer = { ...old, name: 'finer', last_message_date: '2023-01-01T00:00:00.5Z' };
  expect(mergeMetadata(whole, finer).name).toBe('finer');
  expect(mergeMetadata(finer, whole).name).toBe('finer');
});

test('the id of the existing conversation stays', () => {
  expect(mergeMetadata(old, { ...young, conversation_id: 'x' }).conversation_id).toBe('1');
  expect(mergeMetadata(young, { ...old, conversation_id: 'x' }).conversation_id).toBe('1');
});

test('participants of both are joined by id, whatever its type; nulls do not replace what is known', () => {
  const first = {
    ...old,
    participants: [{ id: 1, first_name: 'Ann', username: 'ann', vip: true }, { id: 'user2' }],
  };
  const second = {
    ...young,
    participants: [{ id: 3 }, { id: '1', first_name: 'Anna', username: null }],
  };
  expect(mergeMetadata(first, second).participants).toEqual([
    { id: '1', first_name: 'Anna', username: 'ann', vip: true },
    { id: 'user2' },
    { id: 3 },
  ]);
  const one = { ...old, participants: [{ id: 1, username: 'ann' }] };
  const same = { ...young, participants: [{ id: 1, username: null }] };
  expect(mergeMetadata(one, same).participants).toEqual([{ id: 1, username: 'ann' }]);
  expect(mergeMetadata(old, second).participants).toHaveLength(2);
  expect(mergeMetadata(first, young).participants).toHaveLength(2);
  expect(mergeMetadata(old, young)).not.toHaveProperty('participants');
});

test('neither input is changed, and merging with itself changes nothing', () => {
  const first = { ...young, participants: [{ id: 1, username: 'a' }] };
  const before = structuredClone(first);
  expect(mergeMetadata(first, first)).toEqual(before);
  mergeMetadata(old, first);
  expect(first).toEqual(before);
});

test('__proto__ is an ordinary key', () => {
  const odd = JSON.parse('{"conversation_id":"1","__proto__":{"x":1}}') as Metadata;
  for (const merged of [mergeMetadata(old, odd), mergeMetadata(odd, old)]) {
    expect(Object.keys(merged)).toContain('__proto__');
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
  }
});
