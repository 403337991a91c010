import type { Conversation, Message, Metadata } from '../../src/index.ts';
import { compareMessageIds } from '../../src/index.ts';
import { fc } from './fast-check.ts';
import { jsonValue, largeInteger, record, text } from './json-values.ts';

export const id = fc.oneof(
  fc.maxSafeInteger().map((n) => n || 0),
  largeInteger,
  text.filter((value) => value !== ''),
);

export const date = fc
  .tuple(
    fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
    fc.constantFrom('', '.5', '.123456'),
  )
  .map(([instant, fraction]) => `${instant.toISOString().slice(0, 19)}${fraction}Z`);

const count = fc.nat();
const optional = { requiredKeys: [] };

const entity = withUnknownKeys(
  fc.record(
    { type: text, offset: count, length: count, url: nullable(text) },
    { requiredKeys: ['type', 'offset', 'length'] },
  ),
);

const reaction = withUnknownKeys(
  fc.record(
    { emoji: nullable(text), count, user_ids: nullable(fc.array(id, { maxLength: 3 })) },
    { requiredKeys: ['count'] },
  ),
);

const participant = withUnknownKeys(
  fc.record(
    { id, username: nullable(text), first_name: nullable(text), last_name: nullable(text) },
    { requiredKeys: ['id'] },
  ),
);

/** Any valid message, with unknown keys everywhere. */
export const message = withUnknownKeys(
  fc.record(
    {
      id,
      sender_id: nullable(id),
      sender_name: nullable(text),
      text: nullable(text),
      date: nullable(date),
      edit_date: nullable(date),
      is_outgoing: nullable(fc.boolean()),
      reply_to_id: nullable(id),
      media_type: nullable(text),
      media_path: nullable(text),
      entities: nullable(fc.array(entity, { maxLength: 2 })),
      reactions: nullable(fc.array(reaction, { maxLength: 2 })),
      forwarded_from: nullable(text),
      deleted: nullable(fc.boolean()),
      raw_data: nullable(record(jsonValue)),
    },
    { requiredKeys: ['id'] },
  ),
) as fc.Arbitrary<Message>;

/** Any valid metadata of the present version, with unknown keys. */
export const metadata = withUnknownKeys(
  fc
    .tuple(
      fc.record({ conversation_id: text.filter((value) => value !== '') }),
      fc.record(
        {
          name: nullable(text),
          username: nullable(text),
          is_group: nullable(fc.boolean()),
          is_channel: nullable(fc.boolean()),
          chat_type: nullable(text),
          conversation_types: nullable(fc.array(text, { maxLength: 2 })),
          last_message_date: nullable(date),
          last_update: nullable(date),
          participants: nullable(fc.array(participant, { maxLength: 2 })),
          message_count: nullable(count),
          last_message_id: nullable(id),
          revision: nullable(count),
          revision_id: nullable(text),
          source: nullable(record(jsonValue)),
        },
        optional,
      ),
    )
    .map(([required, rest]) => ({ ...required, ...rest, schema_version: 1 })),
) as fc.Arbitrary<Metadata>;

/** Any valid conversation: messages in order, other keys beside them. */
export const conversation: fc.Arbitrary<Conversation> = fc
  .tuple(
    fc.uniqueArray(message, { selector: (item) => String(item.id), maxLength: 6 }),
    metadata,
    record(jsonValue).map(({ messages, metadata: _, ...rest }) => rest),
  )
  .map(([messages, head, other]) => ({
    messages: new Map(
      messages
        .map((item): [string, Message] => [String(item.id), item])
        .sort(([a], [b]) => compareMessageIds(a, b)),
    ),
    metadata: head,
    ...(Object.keys(other).length > 0 && { other }),
  }));

function nullable<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.option(value, { freq: 9 });
}

/** The object with keys that no schema lists: before its own or after them. */
function withUnknownKeys<T extends object>(known: fc.Arbitrary<T>): fc.Arbitrary<T> {
  const unknown = record(jsonValue, { maxLength: 2, key: text.filter((key) => !KNOWN.has(key)) });
  return fc
    .tuple(known, unknown, fc.boolean())
    .map(([object, extra, first]) =>
      Object.fromEntries(
        [Object.entries(first ? extra : object), Object.entries(first ? object : extra)].flat(),
      ),
    ) as fc.Arbitrary<T>;
}

const KNOWN = new Set([
  ...['id', 'type', 'offset', 'length', 'url', 'emoji', 'count', 'user_ids', 'username', 'name'],
  ...['text', 'date', 'deleted', 'source', 'revision', 'participants', 'reactions', 'entities'],
]);
