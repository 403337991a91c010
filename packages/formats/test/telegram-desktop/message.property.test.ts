import type { Entity, Message } from '@tgstore/schema';
import { parseJson } from '@tgstore/schema';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chatJson, readOne } from '../support/read.ts';

const SEED = Number(process.env.TGSTORE_SEED ?? 20_261_123);

interface Part {
  type: string;
  text: string;
  [key: string]: unknown;
}

const word = fc.string({ unit: fc.constantFrom('a', 'é', '😀', '"', '\\', '\n', ' ', '\u2028') });
const part: fc.Arbitrary<Part> = fc.oneof(
  fc.record({ type: fc.constant('plain'), text: word }),
  fc.record({ type: fc.constantFrom('bold', 'link', 'mention'), text: word }),
  fc.record({ type: fc.constant('text_link'), text: word, href: fc.webUrl() }),
  fc.record({ type: fc.constant('mention_name'), text: word, user_id: fc.nat() }),
  fc.record({ type: fc.constant('custom_emoji'), text: word, document_id: fc.string() }),
);
const name = fc.option(fc.string(), { nil: null });
const peer = fc.tuple(fc.constantFrom('user', 'chat', 'channel'), fc.nat()).map(([a, n]) => a + n);
const unix = fc.integer({ min: 100_000, max: 4_000_000_000 });
const small = fc.jsonValue({ maxDepth: 2 }).filter((value) => JSON.stringify(value) !== undefined);

/** Messages with the keys that Telegram Desktop writes, and some that it will. */
const source = fc
  .record(
    {
      type: fc.constantFrom('message', 'service', 'unsupported', 'tomorrow'),
      time: unix,
      edited: unix,
      from: name,
      from_id: peer,
      parts: fc.array(part, { maxLength: 5 }),
      reply_to_message_id: fc.integer(),
      reply_to_peer_id: peer,
      forwarded_from: name,
      photo: fc.constantFrom('photos/a.jpg', '(File unavailable, please try again later)'),
      file: fc.constantFrom('files/b', '(File unavailable, please try again later)'),
      media_type: fc.constantFrom('sticker', 'video_file'),
      poll: fc.record({ question: word }),
      action: fc.constantFrom('pin_message', 'tomorrow'),
      reactions: fc.array(
        fc.record(
          {
            type: fc.constantFrom('emoji', 'custom_emoji', 'paid'),
            count: fc.nat(),
            emoji: fc.constantFrom('👍', '🔥'),
            document_id: fc.string(),
            recent: fc.array(fc.record({ from: name, from_id: peer, date: fc.string() })),
          },
          { requiredKeys: ['type', 'count'] },
        ),
        { minLength: 1, maxLength: 3 },
      ),
      more: fc.dictionary(
        fc.constantFrom('width', 'author', 'x', '__proto__', 'constructor', '1'),
        small,
      ),
    },
    { requiredKeys: [] },
  )
  .map(({ time, edited, parts, more, ...rest }) => ({
    ...rest,
    ...(time !== undefined && { date: iso(time), date_unixtime: String(time) }),
    ...(edited !== undefined && { edited: iso(edited), edited_unixtime: String(edited) }),
    ...(parts && { text: textOf(parts), text_entities: parts }),
    // through JSON, so that `__proto__` is a key
    ...JSON.parse(JSON.stringify(more ?? {})),
  }));

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19);
}

function textOf(parts: readonly Part[]): unknown {
  if (parts.length === 0) return '';
  if (parts.length === 1 && parts[0]?.type === 'plain') return parts[0].text;
  return parts.map((item) => (item.type === 'plain' ? item.text : item));
}

type Source = Record<string, unknown> & { text_entities?: Part[] };

describe(`with seed ${SEED}`, () => {
  test('nothing that the source says is lost', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(source, { minLength: 1, maxLength: 5 }), async (items) => {
        const written = items.map((item, index) => ({ id: index + 1, ...item }));
        const { messages, report } = await readOne(chatJson(written));
        // as it stands in the bytes: with all digits
        const sources = written.map((item) => parseJson(JSON.stringify(item)) as Source);
        expect(messages).toHaveLength(sources.length);
        expect(report.skipped.count).toBe(0);
        expect(report.repaired['wrong-type']).toBe(0);
        for (const [index, message] of messages.entries()) {
          expect(rebuilt(message)).toEqual(reduced(sources[index] as Source));
          expectSlices(message, sources[index]?.text_entities ?? []);
        }
      }),
      { seed: SEED, numRuns: 500 },
    );
  });
});

/** The source again, from our message. */
function rebuilt(message: Message): Record<string, unknown> {
  const { raw_data, ...ours } = message;
  const raw: Record<string, unknown> = { type: 'message', ...raw_data };
  const result: Record<string, unknown> = { ...raw, id: ours.id };
  if ('sender_id' in ours) result.from_id = ours.sender_id;
  if ('sender_name' in ours) result.from = ours.sender_name;
  if ('text' in ours) result.flat = ours.text;
  if (ours.date) result.date_unixtime = String(Date.parse(ours.date) / 1000);
  if (ours.edit_date) result.edited_unixtime = String(Date.parse(ours.edit_date) / 1000);
  if ('reply_to_id' in ours) result.reply_to_message_id = ours.reply_to_id;
  if ('forwarded_from' in ours) result.forwarded_from = ours.forwarded_from;
  if (ours.media_path)
    result[ours.media_path.startsWith('photos') ? 'photo' : 'file'] = ours.media_path;
  if (['sticker', 'video_file'].includes(ours.media_type ?? ''))
    result.media_type = ours.media_type;
  if (ours.reactions) {
    result.reactions = ours.reactions.map(({ user_ids, ...reaction }) => ({
      ...('emoji' in reaction && { type: 'emoji' }),
      ...reaction,
    }));
  }
  return result;
}

/** The source without what follows from other keys, and with the type that is left out. */
function reduced(source: Source): Record<string, unknown> {
  const { date, edited, text, text_entities, ...rest } = source;
  const flat = text_entities?.map((item) => item.text).join('');
  return { type: 'message', ...rest, ...(flat !== undefined && { flat }) };
}

/** Every formatted part is the slice of the text that its entity names, with its details. */
function expectSlices(message: Message, parts: readonly Part[]): void {
  const marked = parts.filter(({ type, text }) => type !== 'plain' && text !== '');
  const again = (message.entities ?? []).map(({ offset, length, url, ...rest }: Entity) => ({
    ...rest,
    ...(url !== undefined && { href: url }),
    text: message.text?.slice(offset, offset + length),
  }));
  expect(again).toEqual(marked);
}
