import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeBundle } from '@tgstore/formats';
import { isSameMessage, type Message, mergeMessages, messageLine } from '@tgstore/schema';
import { tempDirectory } from '@tgstore/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Changes,
  type ContentChange,
  EnhancedFileManager,
  type HistoryEntry,
} from '../src/index.ts';
import { collect } from './support/collect.ts';
import { conversation, message } from './support/conversations.ts';
import { findings, tempStore } from './support/store.ts';

// fast-check prints seed and counterexample when it fails

const open = (storageDir: string): EnhancedFileManager =>
  new EnhancedFileManager({ storageDir, durability: 'relaxed' });

const anyId = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -2, max: 8 }) },
  { weight: 1, arbitrary: fc.constantFrom('a', '__proto__', 'q"\\', 9_007_199_254_740_993n) },
);
// in a supergroup no two messages are of different accounts
const METADATA = { chat_type: 'supergroup', name: 'first' };

// overlapping exports

/** What says the same is the same, byte by byte: nothing is null, and ids are of one type. */
const anyVersion: fc.Arbitrary<Message> = fc.record(
  {
    id: anyId,
    sender_id: fc.constantFrom('user1', 'user2'),
    text: fc.constantFrom('x', 'y', 'line\nbreak', '😀', 'a "},\n"metadata":'),
    date: fc.constantFrom('2024-01-01T01:00:00Z', '2024-01-01T02:00:00.5Z'),
    edit_date: fc.constantFrom('2024-02-01T00:00:00Z', '2024-02-02T00:00:00Z'),
    deleted: fc.constant(true),
    media_path: fc.constantFrom('(File not included.)', 'photos/1.jpg'),
    raw_data: fc.constantFrom({}, { big: 18_446_744_073_709_551_615n }),
  },
  { requiredKeys: ['id', 'text'] },
);

const anyExport = fc.record({
  messages: fc.array(anyVersion, { maxLength: 8 }),
  route: fc.constantFrom('merge', 'append', 'import'),
  times: fc.constantFrom(1, 1, 1, 2),
  place: fc.array(fc.nat(), { minLength: 2, maxLength: 2 }),
});
type Export = typeof anyExport extends fc.Arbitrary<infer T> ? T : never;

async function take(
  store: EnhancedFileManager,
  { messages, route }: Export,
  isNew: boolean,
): Promise<void> {
  if (route === 'append' && !isNew) {
    await store.appendMessages('1', messages);
  } else if (route === 'import') {
    await using directory = await tempDirectory();
    const path = join(directory.path, 'bundle.json');
    const metadata = { ...METADATA, conversation_id: '1' };
    const bundle = writeBundle([{ id: '1', status: 'unprocessed', messages, metadata }], {
      exportedAt: '2024-01-01T00:00:00Z',
    });
    await writeFile(path, bundle);
    await store.importConversationsFromJson(path);
  } else {
    // one of each id: a conversation has no more
    const own = [...mergeMessages(new Map(), messages).messages.values()];
    await store.mergeConversation(conversation('1', own, METADATA));
  }
}

/** The lines of the messages, as the file has them. */
async function messageLines(path: string): Promise<string[]> {
  const lines = (await readFile(join(path, '1_unprocessed.json'), 'utf8')).split('\n');
  return lines.slice(1, -3).map((line) => line.replace(/,$/, ''));
}

test('overlapping exports, in any order and by any way, end in the same bytes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyExport, { minLength: 1, maxLength: 5 }), async (exports) => {
      const { messages } = mergeMessages(
        new Map(),
        exports.flatMap((one) => one.messages),
      );
      const expected = [...messages].map(([key, one]) => messageLine(one, key));
      for (const order of [0, 1]) {
        await using dir = await tempStore();
        await using store = open(dir.path);
        const sequence = exports
          .flatMap((one) => Array.from({ length: one.times }, () => one))
          .sort((a, b) => (a.place[order] ?? 0) - (b.place[order] ?? 0));
        for (const [index, one] of sequence.entries()) await take(store, one, index === 0);
        expect(await messageLines(dir.path)).toEqual(expected);
      }
    }),
    { numRuns: 60 },
  );
});

// against a model

type Content = ReadonlyMap<string, Message>;

/** What a conversation is, and was at each of its revisions. */
interface Model {
  status: 'processed' | 'unprocessed';
  name: string;
  /** By revision; the first is that of revision 1. */
  readonly contents: Content[];
  /** The revision that was processed last. */
  processed: number | undefined;
}

const NOW = -1;
const revisionOf = (model: Model): number => model.contents.length;
const contentOf = (model: Model, revision = NOW): Content =>
  model.contents.at(revision === NOW ? NOW : revision - 1) ?? new Map();

const anyMessage = fc
  .record({ id: anyId, text: fc.constantFrom('x', 'y', 'z'), day: fc.integer({ min: 1, max: 9 }) })
  .map(({ id, text, day }) => message(id, { text, edit_date: `2024-02-0${day}T00:00:00Z` }));
const someMessages = fc.uniqueArray(anyMessage, {
  maxLength: 6,
  selector: ({ id }) => String(id),
});

const kinds = <T extends string>(...kinds: T[]) => fc.constantFrom(...kinds);
const anyStep = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: kinds('append', 'merge', 'save'), messages: someMessages }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: kinds('delete'), ids: fc.array(anyId, { maxLength: 3 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kinds('drop'), ids: fc.array(anyId) }) },
  { weight: 1, arbitrary: fc.record({ kind: kinds('rename'), name: kinds('first', 'second') }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: kinds('mark'), status: kinds('processed', 'unprocessed') }),
  },
  { weight: 4, arbitrary: fc.record({ kind: kinds('process') }) },
  { weight: 1, arbitrary: fc.record({ kind: kinds('reopen') }) },
);
type Step = typeof anyStep extends fc.Arbitrary<infer T> ? T : never;

test('any sequence of changes does what a simple model does, and is told as it was', async () => {
  const seen = { revisions: 0, handedOver: 0, partly: 0 };
  await fc.assert(
    fc.asyncProperty(
      someMessages,
      fc.array(anyStep, { minLength: 1, maxLength: 14, size: 'max' }),
      async (first, steps) => {
        await using dir = await tempStore();
        let store = open(dir.path);
        await store.saveConversation(conversation('1', first, METADATA));
        const model: Model = {
          status: 'unprocessed',
          name: 'first',
          contents: [mergeMessages(new Map(), first).messages],
          processed: undefined,
        };
        for (const step of steps) {
          if (step.kind === 'process') {
            const handedOver = await process(store, model);
            if (handedOver) seen.handedOver += 1;
            if (handedOver && !handedOver.everything) seen.partly += 1;
          } else if (step.kind === 'reopen') {
            await store.close();
            store = open(dir.path);
          } else await run(store, model, step);
          await expectModel(dir.path, store, model);
        }
        seen.revisions += revisionOf(model);
        for (let since = 1; since <= revisionOf(model); since += 1) {
          const changes = await store.changes('1', { sinceRevision: since });
          expectDifference(changes, model, since);
        }
        await expectHistory(store, model);
        expect(await findings(dir.path)).toEqual([]);
      },
    ),
    { numRuns: 60 },
  );
  // else little was tried
  expect(seen.revisions).toBeGreaterThan(150);
  expect(seen.partly).toBeGreaterThan(5);
  expect(seen.handedOver).toBeGreaterThan(seen.partly + 5);
});

async function run(
  store: EnhancedFileManager,
  model: Model,
  step: Changing | Extract<Step, { kind: 'mark' }>,
): Promise<void> {
  if (step.kind === 'mark') {
    const { status } = step;
    await store[status === 'processed' ? 'markAsProcessed' : 'markAsUnprocessed']('1');
    model.status = status;
    model.processed = status === 'processed' ? revisionOf(model) : undefined;
    return;
  }
  const before = contentOf(model);
  const { after, change } = await apply(store, before, step);
  const touched = differing(before, after);
  const isRenamed = step.kind === 'rename' && step.name !== model.name;
  if (step.kind === 'rename') model.name = step.name;
  if (touched.length > 0 || isRenamed) model.contents.push(after);
  if (touched.length > 0) model.status = 'unprocessed';
  if (isRenamed && model.status === 'processed') model.processed = revisionOf(model);
  if (!change) return;
  const added = touched.filter((id) => !before.has(id)).length;
  const deleted = touched.filter((id) => before.has(id) && isGone(after.get(id))).length;
  const edited = touched.length - added - deleted;
  expect(change).toEqual({
    added,
    edited,
    deleted,
    unchanged: before.size - edited - deleted,
    revision: revisionOf(model),
    status: model.status,
    isNew: false,
  });
}

type Changing = Exclude<Step, { kind: 'mark' | 'process' | 'reopen' }>;

async function apply(
  store: EnhancedFileManager,
  before: Content,
  step: Changing,
): Promise<{ after: Content; change?: ContentChange }> {
  if (step.kind === 'append' || step.kind === 'merge') {
    const after = mergeMessages(before, step.messages).messages;
    const whole = conversation('1', step.messages, { chat_type: METADATA.chat_type });
    const change =
      step.kind === 'append'
        ? await store.appendMessages('1', step.messages)
        : await store.mergeConversation(whole);
    return { after, change };
  }
  if (step.kind === 'delete') {
    const wanted = new Set(step.ids.map(String));
    const buried = [...before].map(([id, one]): [string, Message] => [
      id,
      wanted.has(id) && !one.deleted ? tombstone(one) : one,
    ]);
    return { after: new Map(buried), change: await store.deleteMessages('1', step.ids) };
  }
  const loaded = await store.loadConversation('1');
  if (step.kind === 'rename') {
    const metadata = { ...loaded.metadata, name: step.name };
    return { after: before, change: await store.mergeConversation({ ...loaded, metadata }) };
  }
  const ids = step.kind === 'drop' ? new Set(step.ids.map(String)) : undefined;
  const messages = 'messages' in step ? step.messages : [...before.values()];
  const kept = messages.filter(({ id }) => !ids?.has(String(id)));
  const path = await store.saveConversation({ ...loaded, messages: kept }, { force: true });
  await expect(readFile(path, 'utf8')).resolves.toMatch(/^\{"messages":/);
  return { after: mergeMessages(new Map(), kept).messages };
}

function tombstone({ id, sender_id, date }: Message): Message {
  return { id, sender_id, date, text: '', deleted: true };
}

/** Processes without doing anything; resolves to what was handed over. */
async function process(store: EnhancedFileManager, model: Model): Promise<Changes | undefined> {
  let handedOver: Changes | undefined;
  const results = await store.processAllUnprocessed(async (inHand, { changes }) => {
    handedOver = changes;
    const changed = await collect(inHand.changedMessages());
    const expected = [...contentOf(model).keys()].filter((id) => changes.includes(id));
    expect(changed.map(({ id }) => String(id))).toEqual(expected);
  });
  const statuses = [...results.values()].map(({ status }) => status);
  expect(statuses).toEqual(model.status === 'processed' ? [] : ['processed']);
  if (handedOver) expectDifference(handedOver, model, model.processed);
  model.status = 'processed';
  model.processed = revisionOf(model);
  return handedOver;
}

async function expectModel(path: string, store: EnhancedFileManager, model: Model): Promise<void> {
  await using file = await store.openConversation('1');
  expect(file.path).toBe(join(path, `1_${model.status}.json`));
  const { messages, metadata } = await file.load();
  expect([...messages.keys()]).toEqual([...contentOf(model).keys()]);
  expect(differing(messages, contentOf(model))).toEqual([]);
  expect(metadata).toMatchObject({
    name: model.name,
    revision: revisionOf(model),
    message_count: messages.size,
  });
}

const isGone = (one: Message | undefined): boolean => one === undefined || one.deleted === true;

/** Ids of the messages that are not the same in both. */
function differing(first: Content, second: Content): string[] {
  return [...new Set([...first.keys(), ...second.keys()])].filter((id) => {
    const [a, b] = [first.get(id), second.get(id)];
    return !a || !b || !isSameMessage(a, b);
  });
}

/** `undefined`: everything. */
function expectDifference(changes: Changes, model: Model, since: number | undefined): void {
  expect(changes.everything).toBe(since === undefined);
  if (since === undefined) return;
  const [from, to] = [contentOf(model, since), contentOf(model)];
  const { contents } = model;
  const touched = new Set(
    contents
      .slice(since)
      .flatMap((content, index) => differing(contents[since + index - 1] ?? new Map(), content)),
  );
  const edited = new Set(changes.edited);
  const deleted = new Set(changes.deleted);
  const told = JSON.stringify({ since, changes, from: [...from.keys()], to: [...to.keys()] });
  for (const id of new Set([...from.keys(), ...to.keys()])) {
    const [before, after] = [from.get(id), to.get(id)];
    const differs = !before || !after || !isSameMessage(before, after);
    const what = `${id} in ${told}`;
    if (!touched.has(id)) {
      expect([changes.includes(id), edited.has(id), deleted.has(id)], what).toEqual(NOTHING);
    } else if (isGone(after)) {
      expect(changes.includes(id), what).toBe(false);
      if (differs) expect(deleted.has(id), what).toBe(true);
    } else {
      // what was changed and changed back may be told, or not
      if (differs) expect(changes.includes(id), what).toBe(true);
      expect(edited.has(id), what).toBe(changes.includes(id) && before !== undefined);
      expect(deleted.has(id), what).toBe(false);
    }
  }
  for (const id of edited) expect(to.has(id) && touched.has(id), `${id} in ${told}`).toBe(true);
  for (const id of deleted) expect(isGone(to.get(id)) && touched.has(id)).toBe(true);
}

const NOTHING = [false, false, false];

async function expectHistory(store: EnhancedFileManager, model: Model): Promise<void> {
  const ids = new Set(model.contents.flatMap((content) => [...content.keys()]));
  for (const id of ids) {
    const expected: Partial<HistoryEntry>[] = [];
    for (let revision = 2; revision <= revisionOf(model); revision += 1) {
      const before = contentOf(model, revision - 1).get(id);
      const after = contentOf(model, revision).get(id);
      if (before ? after && isSameMessage(before, after) : !after) continue;
      const kind = !before ? 'added' : isGone(after) ? 'deleted' : 'edited';
      expected.push({ revision, kind, before });
    }
    const told = await collect(store.history('1', id));
    expect(told.map(({ revision, kind, before }) => ({ revision, kind, before }))).toEqual(
      expected,
    );
  }
}
