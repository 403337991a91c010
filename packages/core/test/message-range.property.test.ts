import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compareMessageIds, type Message } from '@tgstore/schema';
import { tempDirectory } from '@tgstore/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ConversationFile } from '../src/conversation-file.ts';
import type { MessageRange } from '../src/index.ts';
import { collect } from './support/collect.ts';
import { conversation } from './support/conversations.ts';
import { filterMessages } from './support/filter-messages.ts';
import { layoutsOf } from './support/layouts.ts';

// fast-check prints seed and counterexample when it fails; TGSTORE_RUNS=500 looks longer

const id = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -60, max: 250 }) },
  { weight: 2, arbitrary: fc.bigInt({ min: 2n ** 53n, max: 2n ** 53n + 40n }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', ...'abcz~é😀').map((end) => `id ${end}`),
  },
);

/** Bytes of the text; a line may be longer than all that a search reads at once. */
const size = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(0, 3, 40) },
  { weight: 6, arbitrary: fc.integer({ min: 100, max: 6_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 60_000, max: 70_000 }) },
);
/** Days until the next message; `undefined` where it has no date. */
const days = fc.option(fc.nat(2), { nil: undefined, freq: 4 });
const spec = fc.record({ id, size, days });
const specs = fc.oneof(
  { weight: 1, arbitrary: fc.array(spec, { maxLength: 5 }) },
  { weight: 3, arbitrary: fc.array(spec, { minLength: 60, maxLength: 200 }) },
  // many without a date side by side
  {
    weight: 1,
    arbitrary: fc.array(
      fc.record({ id, size, days: fc.option(fc.nat(9), { nil: undefined, freq: 40 }) }),
      { minLength: 60, maxLength: 200 },
    ),
  },
);

function* messagesOf(
  list: readonly { id: Message['id']; size: number; days: number | undefined }[],
) {
  const sorted = [...new Map(list.map((one) => [String(one.id), one])).values()].sort((a, b) =>
    compareMessageIds(String(a.id), String(b.id)),
  );
  let day = 0;
  for (const { id, size, days } of sorted) {
    day += days ?? 0;
    const date = days === undefined ? {} : { date: dateOf(day) };
    yield { id, ...date, text: `é"${'x'.repeat(size)}` };
  }
}

const dateOf = (day: number): string =>
  `${new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 19)}Z`;

const count = fc.constantFrom(0, 1, 2, 3, 7, 50, 1_000);
const maybe = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(one, { nil: undefined, freq: 2 });
const range: fc.Arbitrary<MessageRange> = fc
  .record({
    after: maybe(id),
    before: maybe(id),
    from: maybe(fc.integer({ min: -2, max: 220 }).map(dateOf)),
    count: maybe(count),
    isLast: fc.boolean(),
  })
  .map(({ after, before, from, count, isLast }) => ({
    after,
    before,
    from,
    ...(isLast ? { last: count } : { limit: count }),
  }));

test('the messages of a range are those of a filter over all, in every layout', {
  timeout: 120_000,
}, async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, '1_unprocessed.json');
  const ranges = fc.array(range, { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(specs, ranges, async (list, wanted) => {
      const given = conversation('1', [...messagesOf(list)]);
      const all = [...given.messages.values()];
      for (const [layout, text] of Object.entries(layoutsOf(given))) {
        await writeFile(path, text);
        await using file = await ConversationFile.open(path);
        expect(await collect(file.messages()), layout).toEqual(all);
        expect([...(await file.load()).messages.values()], layout).toEqual(all);
        for (const range of wanted) {
          expect(await collect(file.messages(range)), layout).toEqual(filterMessages(all, range));
        }
      }
    }),
    { numRuns: Number(process.env.TGSTORE_RUNS ?? 80) },
  );
});
