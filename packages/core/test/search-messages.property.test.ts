import { type Message, serializeConversation } from '@tgstore/schema';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { collect } from './support/collect.ts';
import { conversation, message } from './support/conversations.ts';
import { tempStore } from './support/store.ts';

// fast-check prints seed and counterexample when it fails

const CHARACTERS = [
  ...'aAbkK\u212AsSſßẞiIıİ',
  ...'дДᲁвВσςΣθϑµμÅå\u212B',
  ...'𐐀𐐨😀\u200b\u0301\u2028\u007f\u0085',
  ...'"\\/ \n\t\u0000u0{}:,.*',
  '\ud83d',
  '\ude00',
  '"text":"',
];
const text = fc.string({ unit: fc.constantFrom(...CHARACTERS), maxLength: 12 });
const query = fc.string({ unit: fc.constantFrom(...CHARACTERS), minLength: 1, maxLength: 3 });

/** A part of a text, perhaps in another case; it may cut a pair in halves. */
interface PartOf {
  readonly from: number;
  readonly length: number;
  readonly change: '' | 'toUpperCase' | 'toLowerCase';
}

const part: fc.Arbitrary<PartOf> = fc.record({
  from: fc.nat(11),
  length: fc.integer({ min: 1, max: 4 }),
  change: fc.constantFrom('', 'toUpperCase', 'toLowerCase'),
});

/** Each way to write a file, with the same meaning. */
const WRITERS: Record<string, (content: string) => string> = {
  ours: (content) => content,
  'ASCII only, as Python writes': (content) => content.replace(/[\u007f-\uffff]/g, escapeUnit),
  'escaped slashes': (content) => content.replaceAll('/', '\\/'),
  'every letter escaped': (content) =>
    content.replace(/(?<="text":")(?:[^"\\]|\\.)*/gs, (value) =>
      value.replace(/\\u.{4}|\\.|[a-zA-Z]/gs, (part) =>
        part.length > 1 ? part : escapeUnit(part),
      ),
    ),
  spaced: (content) => content.replace(/("text"):/g, '$1 : '),
  'pretty-printed': (content) => JSON.stringify(JSON.parse(content), null, 2),
};

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

test('a search finds what a regular expression finds in each text, whoever wrote the file', async () => {
  await using store = await tempStore({ durability: 'relaxed' });
  let found = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({ text, sender_name: text, deleted: fc.constantFrom(false, false, false, true) }),
        {
          minLength: 1,
          maxLength: 8,
        },
      ),
      fc.oneof(query, { arbitrary: part, weight: 3 }),
      fc.constantFrom(...Object.keys(WRITERS)),
      fc.record({ caseSensitive: fc.boolean(), asRegExp: fc.boolean(), context: fc.nat(2) }),
      async (parts, wanted, writer, { caseSensitive, asRegExp, context }) => {
        const list = parts.map((rest, index) => message(index + 1, rest));
        const needle = toNeedle(wanted, parts[0]?.text ?? '');
        const content = serializeConversation(conversation('1', list));
        await store.put('1_unprocessed.json', WRITERS[writer]?.(content) as string);
        const flags = caseSensitive ? 'gu' : 'giu';
        const pattern = new RegExp(needle.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), flags);
        const expected = list.flatMap((each, at) => plainHit(each, pattern, list, at, context));
        const asked = asRegExp ? pattern : needle;
        const hits = await collect(store.files.searchMessages(asked, { caseSensitive, context }));
        expect(hits.map(({ conversationId, conversationName, ...hit }) => hit)).toEqual(expected);
        found += expected.length;
      },
    ),
    { numRuns: 1_200 },
  );
  // else the texts never match
  expect(found).toBeGreaterThan(500);
});

function toNeedle(wanted: string | PartOf, of: string): string {
  if (typeof wanted === 'string') return wanted;
  const { from, length, change } = wanted;
  const cut = of.slice(Math.min(from, of.length - 1), from + length);
  return (change ? cut[change]() : cut) || 'a';
}

function plainHit(
  each: Message,
  pattern: RegExp,
  list: Message[],
  at: number,
  context: number,
): object[] {
  const places = [...(each.text ?? '').matchAll(pattern)];
  if (each.deleted || places.length === 0) return [];
  return [
    {
      message: each,
      matches: places.map((place) => [place.index, place.index + place[0].length]),
      before: list.slice(Math.max(0, at - context), at),
      after: list.slice(at + 1, at + 1 + context),
    },
  ];
}
