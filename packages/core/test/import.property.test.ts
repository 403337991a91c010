import { isSameMessage, type Message, mergeMessages } from '@tgstore/schema';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { conversation, incoming } from './support/conversations.ts';
import { errorsOf, tempStore } from './support/store.ts';

// fast-check prints seed and counterexample when it fails

const instant = fc.integer({ min: 0, max: 4 }).map((hour) => `2024-01-01T0${hour}:00:00Z`);
const anyMessage: fc.Arbitrary<Message> = fc.record(
  {
    id: fc.oneof(
      fc.integer({ min: -3, max: 6 }),
      fc.constantFrom('a', 'Z', 'q"\\', 9_007_199_254_740_993n),
    ),
    text: fc.constantFrom('x', 'y', 'line\nbreak', '😀', 'a "},\n"metadata":'),
    date: fc.option(instant),
    edit_date: fc.option(instant),
    sender_id: fc.constantFrom('user1', 'user2', null),
    media_path: fc.constantFrom('(File not included.)', 'photos/1.jpg', null),
    deleted: fc.constantFrom(true, null),
    raw_data: fc.constantFrom(
      {},
      { date: '2025-01-01T00:00:00' },
      { big: 18_446_744_073_709_551_615n },
    ),
  },
  { requiredKeys: ['id', 'text'] },
);
const part = fc.array(anyMessage, { maxLength: 8 });
/** What is imported at a time: parts of the same conversation. */
const anyImports = fc.array(fc.array(part, { minLength: 1, maxLength: 3 }), {
  minLength: 1,
  maxLength: 4,
});
const start = fc.constantFrom('nothing', 'ours', 'foreign');

function expectSame(first: Iterable<Message>, second: Iterable<Message>): void {
  const [a, b] = [[...first], [...second]];
  expect(a.map(({ id }) => String(id))).toEqual(b.map(({ id }) => String(id)));
  for (const [index, message] of a.entries()) {
    const other = b[index] as Message;
    if (!isSameMessage(message, other)) expect(message).toEqual(other);
  }
}

test('any imports in any order end in the messages that mergeMessages gives', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyImports,
      start,
      part,
      fc.infiniteStream(fc.nat(100)),
      async (imports, from, first, order) => {
        const seeds = from === 'nothing' ? [] : first;
        const initial = mergeMessages(new Map(), seeds).messages;
        const all = mergeMessages(initial, imports.flat(2)).messages;
        const shuffled = imports.map((parts) => [order.next().value ?? 0, parts] as const);
        shuffled.sort(([a], [b]) => a - b);
        for (const sequence of [imports, shuffled.map(([, parts]) => parts)]) {
          await using store = await tempStore({ durability: 'relaxed' });
          const { enhanced: files } = store;
          const existing = conversation('1', [...initial.values()]);
          if (from === 'ours') await files.saveConversation(existing);
          if (from === 'foreign') {
            const messages = Object.fromEntries(existing.messages);
            const text = JSON.stringify({ messages, metadata: { id: '1' } }, (_, value) =>
              typeof value === 'bigint' ? `big ${value}` : value,
            );
            // JSON.stringify knows no bigint
            await store.put('1_processed.json', text.replaceAll(/"big (\d+)"/g, '$1'));
          }
          for (const parts of sequence) {
            await using staged = await files.stageImport(
              incoming(...parts.map((messages) => ({ id: '1', messages }))),
            );
            await staged.commit();
            const [{ messages, added, edited, unchanged, duplicates, total } = {} as never] =
              staged.conversations;
            expect(messages).toBe(parts.flat().length);
            expect(added + edited + unchanged + duplicates).toBe(messages);
            expect(total).toBe((await files.loadConversation('1')).messages.size);
            expect(await errorsOf(store.path)).toEqual([]);
          }
          expectSame((await files.loadConversation('1')).messages.values(), all.values());
        }
      },
    ),
    { numRuns: 100 },
  );
});
