import { expect, test } from 'vitest';
import {
  encodeLines,
  MESSAGE_SEPARATOR,
  type Message,
  messageLine,
  summarize,
} from '../src/index.ts';
import { schemaErrorOf } from './support/code-of.ts';
import { message } from './support/conversations.ts';
import { fc } from './support/fast-check.ts';

test('a block is the lines of its messages as bytes, with what their summary says', () => {
  fc.assert(
    fc.property(fc.array(message, { minLength: 1, maxLength: 8 }), (messages) => {
      const block = encodeLines(messages);
      const lines = messages.map((item) => messageLine(item)).join(MESSAGE_SEPARATOR);
      expect(Buffer.from(block?.bytes as Uint8Array).toString()).toBe(lines);
      expect(block).toMatchObject({ ...summarize(messages) });
      expect(block?.firstKey).toBe(String(messages[0]?.id));
      expect(block?.lastKey).toBe(String(messages.at(-1)?.id));
    }),
    { numRuns: 500 },
  );
});

test('no messages make no block', () => {
  expect(encodeLines([])).toBeUndefined();
});

test('a block says whether its messages stand in order, none twice', () => {
  const inOrder = (...ids: Message['id'][]) => encodeLines(ids.map((id) => ({ id })))?.inOrder;
  expect(inOrder(1)).toBe(true);
  expect(inOrder(-5, 9, 10, 2n ** 64n, 'a')).toBe(true);
  expect(inOrder(9, 10, 10)).toBe(false);
  expect(inOrder(9, '9')).toBe(false);
  expect(inOrder(10, 9, 11)).toBe(false);
});

test('text larger than the first buffer, of characters of any width, is whole', () => {
  for (const char of ['x', 'é', '€', '😀', '\ud83d', '\n']) {
    const messages: Message[] = [1, 2, 3].map((id) => ({ id, text: char.repeat(50_000) }));
    const block = encodeLines(messages);
    const text = Buffer.from(block?.bytes as Uint8Array).toString();
    expect(text === messages.map((item) => messageLine(item)).join(MESSAGE_SEPARATOR), char).toBe(
      true,
    );
  }
});

test('a message that is not valid is refused, with its path', () => {
  const messages = [{ id: 1 }, { id: 2, date: 'yesterday' }] as Message[];
  const error = schemaErrorOf(() => encodeLines(messages));
  expect(error.code).toBe('SCHEMA_INVALID');
  expect(error.problems.map(({ path }) => path)).toEqual(['messages.2.date']);
});
