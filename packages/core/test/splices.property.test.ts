import { readFile } from 'node:fs/promises';
import { nodeFileSystem } from '@tgstore/fs';
import {
  type Message,
  mergeMessages,
  serializeConversation,
  validateConversation,
} from '@tgstore/schema';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ChangeContentOptions, changeContent } from '../src/change-content.ts';
import { addIn, mergeIn, sourceOf } from '../src/content-source.ts';
import { unguarded } from '../src/conversation-guard.ts';
import { deleteIn } from '../src/delete-messages.ts';
import { spliceMessages, spliceTombstones } from '../src/line-changes.ts';
import { StoreDirectory } from '../src/store-directory.ts';
import { message } from './support/conversations.ts';
import { codesOf } from './support/faults.ts';
import { type TempStore, tempStore } from './support/store.ts';

// Where a conversation is changed by splices of its bytes, in place or into a new file, it becomes byte for byte what
// writing it anew makes of it; and what is told of the change is the same.

const SEED = Number(process.env.TGSTORE_SEED ?? Date.now() % 1_000_000_007);
process.stderr.write(`splices: seed ${SEED}; again with TGSTORE_SEED=${SEED}\n`);

const BIG = 9_007_199_254_740_993n;
const anyId = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -20, max: 90 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(BIG, -BIG, `${BIG + 1n}`, 'a', 'Ж', '😀', 'q"\\', '__proto__', '-0'),
  },
);
const anyText = fc.oneof(
  fc.constantFrom(
    '',
    'x',
    'line\nbreak',
    '😀 é',
    '"date":"2030-01-01T00:00:00Z"',
    '},\n"metadata":{',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
// missing, out of order, and the same instant in other words
const anyDate = fc.constantFrom(
  undefined,
  null,
  '2023-05-01T00:00:00Z',
  '2024-01-01T00:00:00Z',
  '2024-01-02T00:00:00Z',
  '2024-01-02T00:00:00.0Z',
  '2024-01-02T00:00:00.0001Z',
);
const anyMessage: fc.Arbitrary<Message> = fc
  .record(
    {
      id: anyId,
      text: anyText,
      date: anyDate,
      sender_id: fc.constantFrom('user1', 'user2'),
      sender_name: fc.constantFrom('Ann [1]', 'Ünal {x}'),
      edit_date: fc.constantFrom('2024-02-01T00:00:00Z', '2024-02-02T00:00:00Z'),
      deleted: fc.constant(true),
      reactions: fc.constant<Message['reactions']>([
        { emoji: '👍', count: 1, date: '2031-01-01T00:00:00Z' },
      ]),
      raw_data: fc.constantFrom({}, { big: 18_446_744_073_709_551_615n }),
    },
    { requiredKeys: ['id', 'text'] },
  )
  .map(({ date, ...one }) => (date === undefined ? one : { ...one, date }));

const manyMessages = (maxLength: number, minLength = 0) =>
  fc.uniqueArray(anyMessage, {
    minLength,
    maxLength,
    size: 'max',
    selector: (one) => String(one.id),
  });

const anyHead = fc.record(
  {
    name: fc.constantFrom('first', 'second', 'dritte "é"'),
    participants: fc.constantFrom([{ id: 1 }], [{ id: 2, username: 'ann' }]),
  },
  { requiredKeys: [] },
);
const anyOther = fc.constantFrom(undefined, { export: 'x' }, { ours: [1, { metadata: 2 }] });

const anyOperation = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('append'), messages: manyMessages(4) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('merge'),
      messages: manyMessages(4),
      head: anyHead,
      other: anyOther,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('delete'), ids: fc.array(anyId, { maxLength: 3 }) }),
  },
);
type Operation = typeof anyOperation extends fc.Arbitrary<infer T> ? T : never;

const anyConversation = fc.record({
  messages: manyMessages(60, 1),
  head: anyHead,
  other: anyOther,
  chatType: fc.constantFrom('supergroup', 'supergroup', 'private'),
  status: fc.constantFrom('processed', 'unprocessed'),
});

/** As EnhancedFileManager has them. */
function optionsOf(
  operation: Operation,
  chatType: string,
): Required<Pick<ChangeContentOptions, 'operation' | 'rewrite' | 'splice'>> {
  const { kind } = operation;
  if ('ids' in operation) {
    const keys = new Set(operation.ids.map(String));
    return {
      operation: kind,
      splice: (existing) => spliceTombstones(existing, keys),
      rewrite: (rewriting) => deleteIn(rewriting, keys),
    };
  }
  const metadata = { conversation_id: '1', chat_type: chatType };
  const { messages } = operation;
  if (!('head' in operation)) {
    const valid = mergeMessages(new Map(), validate({ messages, metadata }).messages.values());
    return {
      operation: kind,
      splice: (existing) => spliceMessages(existing, valid.messages),
      rewrite: (rewriting) => addIn(rewriting, valid.messages),
    };
  }
  const { other, head } = operation;
  const valid = validate({ messages, metadata: { ...metadata, ...head }, ...other });
  const source = sourceOf(valid);
  return {
    operation: kind,
    splice: (existing) => spliceMessages(existing, valid.messages, source),
    rewrite: (rewriting) => mergeIn(rewriting, source),
  };
}

const validate = (document: object) => validateConversation(document as never);

/** One of the two stores that go through the same. */
function directoryOf({ path }: TempStore, inPlace: boolean): StoreDirectory {
  const store = new StoreDirectory(path, {
    durability: 'relaxed',
    fileSystem: nodeFileSystem,
    guard: unguarded,
  });
  // also the smallest files: how large they are makes no difference to what is written
  return Object.assign(store, { appendInPlaceFrom: inPlace ? 0 : Infinity });
}

/** What a change did, as others see it. */
async function apply(
  store: StoreDirectory,
  options: Omit<ChangeContentOptions, 'found'>,
): Promise<unknown> {
  const held = { assertHeld() {} };
  const before = await store.findOrFail('1');
  const change = changeContent(store, '1', held, { found: before, ...options });
  const result = await change.catch(codesOf);
  const found = await store.findOrFail('1');
  const content = await readFile(found.path, 'utf8');
  const log = await readFile(store.layout.changesFile('1'), 'utf8').catch(() => '');
  return { result, status: found.status, content: withoutChance(content), log: withoutChance(log) };
}

/** Without what is random or the time. */
function withoutChance(text: string): string {
  return text
    .replaceAll(/"revision_id":"[0-9a-f]{32}"/g, '"revision_id":"?"')
    .replaceAll(/"(last_update|at)":"[^"]*"/g, '"$1":"?"');
}

test('what splices make of a conversation is byte for byte what writing it anew makes of it', async () => {
  const seen = { spliced: 0, inPlace: 0, refused: 0, anew: 0 };
  await fc.assert(
    fc.asyncProperty(
      anyConversation,
      fc.array(anyOperation, { minLength: 1, maxLength: 5, size: 'max' }),
      fc.boolean(),
      async ({ messages, head, other, chatType, status }, operations, inPlace) => {
        await using spliced = await tempStore({ durability: 'relaxed' });
        await using anew = await tempStore({ durability: 'relaxed' });
        const metadata = { conversation_id: '1', chat_type: chatType, ...head };
        const start = validate({ messages, metadata, ...other });
        await spliced.files.saveConversation(start);
        const text = serializeConversation(await spliced.files.loadConversation('1'));
        await anew.put('1_unprocessed.json', text);
        if (status === 'processed') {
          await spliced.files.markAsProcessed('1');
          await anew.files.markAsProcessed('1');
        }
        const [first, second] = [directoryOf(spliced, inPlace), directoryOf(anew, false)];
        await first.prepareToWrite();
        await second.prepareToWrite();
        for (const operation of operations) {
          const { rewrite, splice, ...rest } = optionsOf(operation, chatType);
          let isRewritten = false;
          const before = (await first.fileSystem.stat((await first.findOrFail('1')).path)).ino;
          const done = await apply(first, {
            ...rest,
            splice,
            rewrite: (rewriting) => {
              isRewritten = true;
              return rewrite(rewriting);
            },
          });
          expect(done).toEqual(await apply(second, { ...rest, rewrite }));
          const { ino } = await first.fileSystem.stat((await first.findOrFail('1')).path);
          if (Array.isArray((done as { result: unknown }).result)) seen.refused += 1;
          else if (isRewritten) seen.anew += 1;
          else if (ino === before) seen.inPlace += 1;
          else seen.spliced += 1;
        }
      },
    ),
    { numRuns: 90, seed: SEED, endOnFailure: true },
  );
  process.stderr.write(`splices: ${JSON.stringify(seen)}\n`);
  // else little was tried
  expect(seen.spliced).toBeGreaterThan(10);
  expect(seen.inPlace).toBeGreaterThan(10);
  expect(seen.anew).toBeGreaterThan(10);
});

test('what was added by splices is told in ranges, between which older messages lie', async () => {
  await using dir = await tempStore({ durability: 'relaxed' });
  const store = directoryOf(dir, false);
  const metadata = { conversation_id: '1', chat_type: 'supergroup' };
  const start = Array.from({ length: 100 }, (_, index) => message(index * 2, { text: '' }));
  await dir.files.saveConversation(validate({ messages: start, metadata }));
  const more = [-1, 3, 4, 198, 199, BIG].map((id) => message(id, { text: 'new' }));
  const { splice } = optionsOf({ kind: 'append', messages: more }, 'supergroup');
  const rewrite = () => Promise.reject(new Error('not spliced'));
  const options = { found: await store.findOrFail('1'), operation: 'append', splice, rewrite };
  const change = await changeContent(store, '1', { assertHeld() {} }, options);
  expect(change).toMatchObject({ added: 4, edited: 2, unchanged: 98 });
  const log = await readFile(store.layout.changesFile('1'), 'utf8');
  expect(log.match(/^\{"added":.*$/gm)).toEqual([
    '{"added":["-1","-1"]}',
    '{"added":["3","3"]}',
    `{"added":["199","${BIG}"]}`,
  ]);
  const { messages } = await dir.files.loadConversation('1');
  expect([...messages.keys()].slice(0, 5)).toEqual(['-1', '0', '2', '3', '4']);
  expect([...messages.keys()].slice(-3)).toEqual(['198', '199', `${BIG}`]);
  expect(messages.get('198')?.text).toBe('new');
});
