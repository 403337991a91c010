import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compareMessageIds, type Message } from '@tgstore/schema';
import { tempDirectory } from '@tgstore/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ConversationFile } from '../src/conversation-file.ts';
import { isInRanges, joinRanges, rangeOf } from '../src/id-ranges.ts';
import { EnhancedFileManager } from '../src/index.ts';
import { collect } from './support/collect.ts';
import { conversation, message, messages } from './support/conversations.ts';
import { countReads } from './support/count-reads.ts';
import { layoutsOf } from './support/layouts.ts';
import { tempStore } from './support/store.ts';

// fast-check prints seed and counterexample when it fails

const KIB = 1024;

/** Hands over what is unprocessed; the ids of the messages that changed, and what it cost to read them. */
async function process(store: EnhancedFileManager, take: () => number) {
  let changed: Message[] = [];
  let bytes = 0;
  const results = await store.processAllUnprocessed(async (inHand) => {
    take();
    changed = await collect(inHand.changedMessages());
    bytes = take();
  });
  expect([...results.values()].map(({ status }) => status)).toEqual(['processed']);
  return { ids: changed.map(({ id }) => id), bytes };
}

test('what changed in a large conversation is read, and nothing else of it', async () => {
  await using dir = await tempStore({ durability: 'relaxed' });
  const reads = countReads();
  await using store = new EnhancedFileManager({
    storageDir: dir.path,
    durability: 'relaxed',
    fileSystem: reads.fileSystem,
  });
  const text = 'x'.repeat(600);
  await store.saveConversation(conversation('1', messages(30_000, { text })));
  const first = await process(store, reads.take);
  expect(first.ids).toHaveLength(30_000);
  expect(first.bytes).toBeGreaterThan(19_000 * KIB);

  const edited = message(7, { text: 'new', edit_date: '2025-01-01T00:00:00Z' });
  await store.appendMessages('1', [edited, message(30_001), message(30_002)]);
  await store.deleteMessages('1', [15_000, 30_001]);
  const second = await process(store, reads.take);
  expect(second.ids).toEqual([7, 30_002]);
  expect(second.bytes).toBeLessThan(1_000 * KIB);
});

test('with a change everywhere the conversation is read once, not searched for each', async () => {
  await using dir = await tempStore({ durability: 'relaxed' });
  const reads = countReads();
  await using store = new EnhancedFileManager({
    storageDir: dir.path,
    durability: 'relaxed',
    fileSystem: reads.fileSystem,
  });
  await store.saveConversation(conversation('1', messages(10_000, { text: 'x'.repeat(600) })));
  await process(store, reads.take);
  const every = messages(10_000).filter((_, index) => index % 10 === 0);
  const edit = { text: 'new', edit_date: '2025-01-01T00:00:00Z' };
  await store.appendMessages(
    '1',
    every.map((one) => ({ ...one, ...edit })),
  );
  const { ids, bytes } = await process(store, reads.take);
  expect(ids).toEqual(every.map(({ id }) => id));
  expect(bytes).toBeLessThan(8_000 * KIB);
});

const key = fc.oneof(fc.integer({ min: -20, max: 700 }).map(String), fc.constantFrom('a', 'é'));
const between = fc
  .tuple(key, key)
  .map(([a, b]) => (compareMessageIds(a, b) < 0 ? { first: a, last: b } : { first: b, last: a }));
const ranges = fc.oneof(
  fc.array(between, { maxLength: 4 }),
  fc.array(key.map(rangeOf), { maxLength: 30 }),
);

test('the messages within ranges are those of a filter over all, in every layout', {
  timeout: 60_000,
}, async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, '1_unprocessed.json');
  const ids = [...Array(600).keys(), 'a', 'b'].filter((id) => Number(id) % 7 !== 3);
  const given = conversation(
    '1',
    // over some windows of a search, and so small that few ranges are worth one
    messages(ids).map((one, at) => ({ ...one, text: 'x'.repeat(at % 100 === 0 ? 70_000 : 100) })),
  );
  const all = [...given.messages.values()];
  for (const [layout, text] of Object.entries(layoutsOf(given))) {
    await writeFile(path, text);
    await fc.assert(
      fc.asyncProperty(ranges, key, async (some, one) => {
        await using file = await ConversationFile.open(path);
        const wanted = joinRanges(some);
        const found = await collect(file.messagesWithin(wanted));
        expect(found, layout).toEqual(all.filter(({ id }) => isInRanges(wanted, String(id))));
        expect(await file.findMessage(one), layout).toEqual(given.messages.get(one));
      }),
      { numRuns: 12, endOnFailure: true },
    );
  }
});
