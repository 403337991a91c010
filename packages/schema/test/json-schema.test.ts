import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  conversationDocumentSchema,
  conversationJsonSchema,
  parseJson,
  serializeConversation,
} from '../src/index.ts';
import { conversation } from './support/conversations.ts';
import { fc } from './support/fast-check.ts';
import { fits } from './support/json-schema.ts';
import { jsonValue } from './support/json-values.ts';

const schema = conversationJsonSchema();

test('conversation.schema.json is up to date; else run pnpm write-json-schema', () => {
  const file = readFileSync(new URL('../conversation.schema.json', import.meta.url), 'utf8');
  expect(JSON.parse(file)).toEqual(schema);
});

test('ids are strings or integers, dates end in Z, unknown keys are allowed everywhere', () => {
  const { properties, required } = schema as unknown as Nested;
  const message = properties.messages.additionalProperties;
  expect(message.properties.id).toEqual({ type: ['string', 'integer'], minLength: 1 });
  expect(message.required).toEqual(['id']);
  expect(JSON.stringify(message.properties.date)).toContain('(?:Z)');
  expect(JSON.stringify(schema)).not.toContain('"additionalProperties":false');
  expect(required).toEqual(['messages', 'metadata']);
});

test('any conversation that we write fits the JSON Schema', () => {
  fc.assert(
    fc.property(conversation, (value) => {
      expect(fits(schema, parseJson(serializeConversation(value)))).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('the JSON Schema judges as the zod schema does', () => {
  const paths = fc.constantFrom(
    ...['messages', 'metadata', 'metadata.conversation_id', 'metadata.participants'],
    ...['metadata.revision', 'metadata.last_update', 'metadata.source', 'metadata.is_group'],
    ...['id', 'date', 'text', 'entities', 'reactions', 'raw_data', 'sender_id', 'deleted'].map(
      (key) => `messages.1.${key}`,
    ),
  );
  const values = fc.oneof(
    jsonValue,
    fc.constantFrom<unknown>(undefined, '2023-11-15T12:30:00Z', '2023-02-29T12:30:00Z', 1, -1, 1.5),
    fc.constantFrom<unknown>(
      [{ type: 'a', offset: 0, length: 1 }],
      [{ type: 'a', offset: -1, length: 1 }],
    ),
    fc.constantFrom<unknown>([{ count: 1 }], [{}], [{ id: 1 }], [{ count: 1, user_ids: [null] }]),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(paths, values), { minLength: 1, maxLength: 2 }), (changes) => {
      const document = { messages: { 1: { id: 1 } }, metadata: { conversation_id: '1' } };
      for (const [path, value] of changes) setAt(document, path.split('.'), value);
      const { success } = conversationDocumentSchema.safeParse(document);
      expect(fits(schema, document)).toBe(success);
    }),
    { numRuns: 3_000 },
  );
});

interface Nested {
  readonly properties: { readonly messages: { readonly additionalProperties: Nested } } & Record<
    string,
    unknown
  >;
  readonly required: readonly string[];
}

function setAt(target: unknown, [key, ...rest]: string[], value: unknown): void {
  if (typeof target !== 'object' || target === null || key === undefined) return;
  const object = target as Record<string, unknown>;
  if (rest.length > 0) setAt(object[key], rest, value);
  else if (value === undefined) delete object[key];
  else object[key] = value;
}
