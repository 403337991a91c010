import { deepStrictEqual } from 'node:assert';
import { expect, test } from 'vitest';
import {
  type Conversation,
  compareMessageIds,
  deserializeConversation,
  parseJson,
  serializeConversation,
  validateConversation,
} from '../src/index.ts';
import { conversation } from './support/conversations.ts';
import { fc } from './support/fast-check.ts';
import { layOut, layoutChoices } from './support/json-values.ts';

/** As arrays, since two Maps are equal in whatever order. */
function flat({ messages, metadata, other }: Conversation): unknown {
  return { messages: [...messages], metadata, other };
}

test('a conversation comes back from its text as it was, in order, with every unknown key', () => {
  fc.assert(
    fc.property(conversation, (value) => {
      deepStrictEqual(flat(deserializeConversation(serializeConversation(value))), flat(value));
    }),
    { numRuns: 1_000 },
  );
});

test('the same conversation in any other layout is read as the same', () => {
  fc.assert(
    fc.property(conversation, layoutChoices, (value, choices) => {
      const json = layOut(parseJson(serializeConversation(value)), choices);
      deepStrictEqual(flat(deserializeConversation(json)), flat(value));
    }),
    { numRuns: 500 },
  );
});

test('a valid conversation passes validation as it is, in whatever order it comes', () => {
  fc.assert(
    fc.property(conversation, (value) => {
      const reversed = [...value.messages.values()].reverse();
      deepStrictEqual(flat(validateConversation({ ...value, messages: reversed })), flat(value));
      deepStrictEqual(flat(validateConversation(value)), flat(value));
    }),
    { numRuns: 500 },
  );
});

test('each message stands in a line of its own, in order, the rest in the last one', () => {
  fc.assert(
    fc.property(conversation, (value) => {
      const lines = serializeConversation(value).split('\n');
      const keys = [...value.messages.keys()];
      expect(lines).toHaveLength(keys.length + 4);
      expect(lines[0]).toBe('{"messages":{');
      expect(lines.at(-3)).toBe('},');
      expect(lines.at(-2)).toMatch(/^"metadata":\{.*\}$/s);
      expect(lines.at(-1)).toBe('');
      const found = lines.slice(1, -3).map((line, index) => {
        expect(line.endsWith(',')).toBe(index < keys.length - 1);
        const member = parseJson(`{${line.replace(/,$/, '')}}`) as Record<string, unknown>;
        return Object.keys(member)[0];
      });
      expect(found).toEqual(keys);
      expect([...keys].sort(compareMessageIds)).toEqual(keys);
    }),
    { numRuns: 500 },
  );
});
