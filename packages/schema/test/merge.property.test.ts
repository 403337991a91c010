import { expect, test } from 'vitest';
import {
  compareMessageIds,
  isSameMessage,
  type Message,
  mergeMessage,
  mergeMessages,
} from '../src/index.ts';
import { fc } from './support/fast-check.ts';

// few values for each key, so that rules tie often
const message: fc.Arbitrary<Message> = fc.record(
  {
    id: fc.constantFrom<Message['id']>(1, '1', 2, -3, 2n ** 64n, 'a', '__proto__'),
    text: fc.constantFrom('', 'a', 'b', '\uffff', '😀', null),
    edit_date: fc.constantFrom(
      '2023-01-01T00:00:00Z',
      '2023-01-01T00:00:00.0Z',
      '2024-01-01T00:00:00Z',
      null,
    ),
    media_path: fc.constantFrom('photos/a.jpg', '(File not included.)', null),
    sender_id: fc.constantFrom<Message['sender_id']>(1, '1', 'user1', null),
    deleted: fc.constantFrom(true, false, null),
    raw_data: fc.constantFrom({}, { a: 1, b: 2 }, { b: 2, a: 1 }, { a: [{ id: 1 }] }, null),
  },
  { requiredKeys: ['id'] },
);
const messages = fc.array(message, { maxLength: 12 });
const NONE: ReadonlyMap<string, Message> = new Map();

function merged(...sets: Iterable<Message>[]): Map<string, Message> {
  let result = new Map(NONE);
  for (const set of sets) result = mergeMessages(result, set).messages;
  return result;
}

function expectSame(first: Map<string, Message>, second: Map<string, Message>): void {
  expect([...first.keys()]).toEqual([...second.keys()]);
  for (const [key, item] of first) {
    expect(isSameMessage(item, second.get(key) as Message), key).toBe(true);
  }
}

test('any number of overlapping sets, merged in any order and grouping, end in the same messages', () => {
  fc.assert(
    fc.property(
      fc.array(messages, { maxLength: 5 }),
      fc.infiniteStream(fc.nat()),
      (sets, choices) => {
        const choose = (below: number) => (choices.next().value as number) % below;
        const reference = merged(...sets);
        expectSame(merged(sets.flat()), reference);
        // merges any two of what is left until one is left
        const left: Iterable<Message>[] = [...sets];
        while (left.length > 1) {
          const [a] = left.splice(choose(left.length), 1) as [Iterable<Message>];
          const [b] = left.splice(choose(left.length), 1) as [Iterable<Message>];
          left.push(merged(a, b).values());
        }
        expectSame(merged(...left), reference);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('merging the same messages again changes nothing', () => {
  fc.assert(
    fc.property(messages, messages, (first, second) => {
      const all = merged(first, second);
      for (const again of [first, second, [...all.values()]]) {
        const result = mergeMessages(all, again);
        expect(result.added).toEqual([]);
        expect(result.edited).toEqual([]);
        expect(result.unchanged).toBe(again.length);
        expect([...result.messages]).toEqual([...all]);
      }
    }),
    { numRuns: 1_000 },
  );
});

test('what stands is one of the two, and the same one from both sides', () => {
  fc.assert(
    fc.property(message, message, (first, second) => {
      const winner = mergeMessage(first, { ...second, id: first.id });
      expect(isSameMessage(winner, mergeMessage({ ...second, id: first.id }, first))).toBe(true);
      expect(winner.deleted === true).toBe(first.deleted === true || second.deleted === true);
    }),
    { numRuns: 2_000 },
  );
});

test('the result is in order and counts every message once', () => {
  fc.assert(
    fc.property(messages, messages, (first, second) => {
      const existing = merged(first);
      const { messages: all, added, edited, unchanged } = mergeMessages(existing, second);
      const keys = [...all.keys()];
      expect(keys).toEqual([...keys].sort(compareMessageIds));
      expect(added.length).toBe(all.size - existing.size);
      expect(added.length + edited.length + unchanged).toBeLessThanOrEqual(second.length);
      for (const key of edited) expect(all.get(key)).not.toEqual(existing.get(key));
      for (const [key, item] of all) expect(String(item.id)).toBe(key);
    }),
  );
});
