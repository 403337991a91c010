import { mkdir, readdir, readFile, rmdir, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import type {
  ConversationInHand,
  EnhancedFileManager,
  ProcessingEvent,
  ProcessingResult,
} from '../src/index.ts';
import { collect } from './support/collect.ts';
import { conversation, message, messages } from './support/conversations.ts';
import { systemError, watching } from './support/faults.ts';
import {
  gate,
  type HandOver,
  handOvers,
  noting,
  statuses,
  type TempProcessing,
  tempProcessing,
} from './support/processing.ts';

const LATER = '2024-06-01T00:00:00Z';
const START = Date.UTC(2026, 0);
const NO_NETWORK = Object.assign(new Error('no network'), { code: 'ENETDOWN' });
const EVERYTHING = { everything: true, added: [], edited: [], deleted: [] };

/** A store with conversations of one message each. */
async function tempWith(...ids: string[]): Promise<TempProcessing> {
  const temp = await tempProcessing();
  for (const id of ids) await temp.store.saveConversation(conversation(id));
  return temp;
}

async function unprocessed(store: EnhancedFileManager): Promise<string[]> {
  return await store.listConversations({ processed: false });
}

test('everything is handed over the first time, and only what changed after that', async () => {
  await using temp = await tempProcessing();
  const { store } = temp;
  await store.saveConversation(conversation('1', messages(5)));
  const changed = ['1: text 1', '2: text 2', '3: text 3', '4: text 4', '5: text 5'];
  expect(await handOvers(store)).toEqual([{ id: '1', attempt: 1, ...EVERYTHING, changed }]);
  expect(await unprocessed(store)).toEqual([]);

  await store.appendMessages('1', messages([6, 7]));
  await store.appendMessages('1', [message(2, { text: 'edited', edit_date: LATER })]);
  await store.deleteMessages('1', [3]);
  await store.appendMessages('1', [message(9)]);
  expect(await handOvers(store)).toEqual([
    {
      id: '1',
      attempt: 1,
      everything: false,
      changed: ['2: edited', '6: text 6', '7: text 7', '9: text 9'],
      added: [
        ['6', '7'],
        ['9', '9'],
      ],
      edited: ['2'],
      deleted: ['3'],
    },
  ]);
  expect(await unprocessed(store)).toEqual([]);
  expect(await handOvers(store)).toEqual([]);

  await store.markAsUnprocessed('1');
  expect(await handOvers(store)).toMatchObject([{ everything: true, deleted: [] }]);
});

test('what is handed over is one snapshot, and what came meanwhile is handed over in the same run', async () => {
  await using temp = await tempProcessing();
  const { store } = temp;
  await store.saveConversation(conversation('1', messages(2)));
  const bytes = await readFile(temp.layout.file('1', 'unprocessed').path);
  const notes: HandOver[] = [];
  const read = async (inHand: ConversationInHand) => ({
    loaded: [...(await inHand.load()).messages.keys()],
    streamed: (await collect(inHand.messages())).map(({ id }) => String(id)),
    ranged: (await collect(inHand.messages({ after: 1 }))).map(({ id }) => String(id)),
    bytes: Buffer.concat(await collect(inHand.bytes())),
    path: basename(inHand.path),
  });
  const work = noting(notes, async (inHand) => {
    if (notes.length > 1) return 'second';
    await temp.open().appendMessages('1', messages([3, 4]));
    expect(await read(inHand)).toEqual({
      loaded: ['1', '2'],
      streamed: ['1', '2'],
      ranged: ['2'],
      bytes,
      path: '1_unprocessed.json',
    });
    return 'first';
  });
  const results = await store.processAllUnprocessed(work);
  expect(results.get('1')).toMatchObject({ status: 'processed', attempts: 2, value: 'second' });
  expect(notes).toMatchObject([
    { everything: true, changed: ['1: text 1', '2: text 2'] },
    { everything: false, changed: ['3: text 3', '4: text 4'], added: [['3', '4']] },
  ]);
  expect(await unprocessed(store)).toEqual([]);
});

test('a conversation that grows whenever it is processed ends as changed, and unprocessed', async () => {
  await using temp = await tempWith('1');
  const { store } = temp;
  const notes: HandOver[] = [];
  const work = noting(notes, async ({ id }, { attempt }) => {
    await store.appendMessages(id, [message(notes.length + 1)]);
    return attempt;
  });
  const { status, attempts, value } = (await store.processAllUnprocessed(work)).get('1') ?? {};
  expect({ status, value }).toEqual({ status: 'changed', value: 1 });
  expect(attempts).toBe(notes.length);
  expect(await unprocessed(store)).toEqual(['1']);
  // each message once, the last one still to come
  const expected = notes.map((_, index) => [`${index + 1}: text ${index + 1}`]);
  expect(notes.map(({ changed }) => changed)).toEqual(expected);
  const last = notes.length + 1;
  expect(await handOvers(store)).toMatchObject([{ changed: [`${last}: text ${last}`] }]);
});

/** What may happen to a conversation of two messages while it is in hand; and what must be handed over then. */
const MEANWHILE: Record<
  string,
  readonly [change: (temp: TempProcessing) => Promise<unknown>, rest: Partial<HandOver>]
> = {
  'a new message': [
    ({ store }) => store.appendMessages('1', [message(3)]),
    { everything: false, changed: ['3: text 3'] },
  ],
  'an edit': [
    ({ store }) => store.appendMessages('1', [message(1, { text: 'new', edit_date: LATER })]),
    { everything: false, changed: ['1: new'], edited: ['1'] },
  ],
  'a deletion': [
    ({ store }) => store.deleteMessages('1', [1]),
    { everything: false, changed: [], deleted: ['1'] },
  ],
  'new metadata': [
    ({ store }) => store.mergeConversation(conversation('1', messages(2), { name: 'New' })),
    { everything: false, changed: [] },
  ],
  'another program that rewrites it': [
    ({ path }) => rewrite(path, 'text 2', 'rewritten'),
    { everything: true, changed: ['1: text 1', '2: rewritten'] },
  ],
  'another program that rewrites it in equal length': [
    ({ path }) => rewrite(path, 'text 2', 'TEXT 2'),
    { everything: true, changed: ['1: text 1', '2: TEXT 2'] },
  ],
  'a mark as unprocessed': [
    ({ open }) => open().markAsUnprocessed('1'),
    { everything: true, changed: ['1: text 1', '2: text 2'] },
  ],
};

async function rewrite(directory: string, from: string, to: string): Promise<void> {
  const path = `${directory}/1_unprocessed.json`;
  await writeFile(path, (await readFile(path, 'utf8')).replace(from, to));
  // a clock may not have moved on
  await utimes(path, START / 1000, START / 1000);
}

test.each(Object.keys(MEANWHILE))(
  'it is not marked as processed after %s, but handed over again',
  async (name) => {
    const [change, rest] = MEANWHILE[name] ?? [];
    await using temp = await tempProcessing();
    await temp.store.saveConversation(conversation('1', messages(2)));
    const notes: HandOver[] = [];
    const seen: string[][] = [];
    const work = noting(notes, async () => {
      seen.push(await unprocessed(temp.store));
      if (notes.length === 1) await change?.(temp);
    });
    const results = await temp.store.processAllUnprocessed(work);
    expect(results.get('1')).toMatchObject({ status: 'processed', attempts: 2 });
    expect(notes).toMatchObject([{ everything: true }, rest ?? {}]);
    expect(seen).toEqual([['1'], ['1']]);
    expect(await unprocessed(temp.store)).toEqual([]);
  },
);

test('one that others mark as processed or delete while it is in hand stays so', async () => {
  await using temp = await tempWith('1', '2', '3');
  const { store } = temp;
  const notes: HandOver[] = [];
  const work = noting(notes, async ({ id }) => {
    if (id === '1') await temp.open().markAsProcessed(id);
    if (id === '2') await temp.open().deleteConversation(id);
    if (id === '3' && notes.filter((note) => note.id === id).length === 1) {
      await temp.open().deleteConversation(id);
      await temp.open().saveConversation(conversation(id, messages([7])));
    }
  });
  const results = await store.processAllUnprocessed(work);
  expect(statuses(results)).toEqual({ 1: 'processed', 2: 'processed', 3: 'processed' });
  expect(notes.filter(({ id }) => id === '3').map(({ changed }) => changed)).toEqual([
    ['1: text 1'],
    ['7: text 7'],
  ]);
  expect(await store.listConversations({ processed: true })).toEqual(['1', '3']);
  expect(await temp.state('1')).not.toHaveProperty('claim');
  expect(await collect(store.check())).toEqual([]);
});

test('a failure is recorded and stops no other', async () => {
  await using temp = await tempWith('1', '2', '3', '4');
  const { store } = temp;
  const errors: Record<string, unknown> = { 2: NO_NETWORK, 3: 'x'.repeat(5000), 4: undefined };
  const results = await store.processAllUnprocessed(
    ({ id }) => {
      if (id in errors) throw errors[id];
      return `did ${id}`;
    },
    { now: () => START, backoff: (failures) => failures * 5000 },
  );
  expect(results.get('1')).toMatchObject({ status: 'processed', value: 'did 1', attempts: 1 });
  expect(results.get('2')).toMatchObject({ status: 'failed', attempts: 1 });
  expect(results.get('2')?.error).toBe(NO_NETWORK);
  expect(statuses(results)).toEqual({ 1: 'processed', 2: 'failed', 3: 'failed', 4: 'failed' });
  const common = {
    attempts: 1,
    at: '2026-01-01T00:00:00.000Z',
    next_attempt: '2026-01-01T00:00:05.000Z',
  };
  expect(await collect(store.listFailed())).toMatchObject([
    { ...common, id: '2', error: { code: 'ENETDOWN', message: 'no network' } },
    { ...common, id: '3', error: { message: 'x'.repeat(2000) } },
    { ...common, id: '4', error: { message: 'undefined' } },
  ]);
  expect(await temp.state('2')).toMatchObject({ failure: common });
  expect(await temp.state('2')).not.toHaveProperty('claim');
  expect(await temp.state('2')).not.toHaveProperty('processed');
  expect(await unprocessed(store)).toEqual(['2', '3', '4']);
});

test('one that failed waits, is tried again, each time later, and is left alone in the end', async () => {
  await using temp = await tempWith('1');
  const { store } = temp;
  let now = START;
  const notes: HandOver[] = [];
  let fails = true;
  const work = noting(notes, () => {
    if (fails) throw NO_NETWORK;
  });
  const run = async (more: { readonly retryFailed?: boolean } = {}) => {
    const results = await store.processAllUnprocessed(work, {
      now: () => now,
      maxAttempts: 3,
      ...more,
    });
    return results.get('1')?.status;
  };
  const seconds = async () => {
    const [failed] = await collect(store.listFailed());
    return failed && [failed.attempts, (Date.parse(failed.next_attempt) - now) / 1000];
  };

  expect(await run()).toBe('failed');
  expect(await seconds()).toEqual([1, 1]);
  now += 999;
  expect(await run()).toBe('waiting');
  now += 1;
  expect(await run()).toBe('failed');
  expect(await seconds()).toEqual([2, 2]);
  now += 2000;
  expect(await run()).toBe('failed');
  expect(await seconds()).toEqual([3, 4]);
  now += 100 * 60 * 60 * 1000;
  expect(await run()).toBe('exhausted');
  expect(notes.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);

  expect(await run({ retryFailed: true })).toBe('failed');
  expect(await seconds()).toEqual([4, 8]);
  expect(await run({ retryFailed: true })).toBe('failed');
  expect(notes.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5]);
  expect(await run()).toBe('exhausted');

  // other content begins anew, at once
  await store.appendMessages('1', [message(2)]);
  expect(await run()).toBe('failed');
  expect(await seconds()).toEqual([1, 1]);
  expect(notes.at(-1)).toMatchObject({ attempt: 1, everything: true });
  now += 1000;
  fails = false;
  expect(await run()).toBe('processed');
  expect(notes.at(-1)).toMatchObject({ attempt: 2 });
  expect(await collect(store.listFailed())).toEqual([]);
  expect(await temp.state('1')).not.toHaveProperty('failure');
});

test('one that fails is tried again in the same run, after the backoff', async () => {
  await using temp = await tempWith('1', '2');
  const { store } = temp;
  const notes: HandOver[] = [];
  const times: number[] = [];
  const asked: number[] = [];
  const work = noting(notes, ({ id }, { attempt }) => {
    if (id === '1') times.push(performance.now());
    if (id === '2' || attempt < 3) throw NO_NETWORK;
    return attempt;
  });
  const results = await store.processAllUnprocessed(work, {
    retries: 2,
    concurrency: 1,
    backoff: (failures) => {
      asked.push(failures);
      return 30 * failures;
    },
  });
  expect(results.get('1')).toMatchObject({ status: 'processed', value: 3, attempts: 3 });
  expect(results.get('2')).toMatchObject({ status: 'failed', error: NO_NETWORK, attempts: 3 });
  expect(notes.map(({ id, attempt }) => `${id} ${attempt}`)).toEqual([
    '1 1',
    '1 2',
    '1 3',
    '2 1',
    '2 2',
    '2 3',
  ]);
  expect(Math.max(...asked)).toBe(3);
  const [first = 0, second = 0, third = 0] = times;
  // timers may come a millisecond early
  expect(second - first).toBeGreaterThan(28);
  expect(third - second).toBeGreaterThan(58);
  expect(await collect(store.listFailed())).toMatchObject([{ id: '2', attempts: 3 }]);
});

test('the result names every unprocessed conversation with what became of it', async () => {
  const ids = ['claimed', 'exhausted', 'fails', 'gone', 'grows', 'marked', 'ok', 'waiting'];
  await using temp = await tempWith(...ids, 'done');
  const { store } = temp;
  await store.markAsProcessed('done');
  const fail = () => {
    throw NO_NETWORK;
  };
  const options = { now: () => START, maxAttempts: 2 };
  await store.processAllUnprocessed(fail, { ...options, ids: ['waiting'] });
  await store.processAllUnprocessed(fail, {
    ...options,
    ids: ['exhausted'],
    retries: 1,
    backoff: () => 0,
  });
  const held = gate();
  const letGo = gate();
  const elsewhere = temp.open().processAllUnprocessed(
    async () => {
      held.open();
      await letGo.passed;
    },
    { ids: ['claimed'] },
  );
  await held.passed;

  const events: ProcessingEvent<string>[] = [];
  const called: string[] = [];
  const results = await store.processAllUnprocessed(
    async ({ id }) => {
      called.push(id);
      if (id === 'fails') {
        // these come later
        await temp.open().deleteConversation('gone');
        await temp.open().markAsProcessed('marked');
        throw NO_NETWORK;
      }
      if (id === 'grows') await store.appendMessages(id, [message(called.length + 10)]);
      return id;
    },
    { ...options, concurrency: 1, onProgress: (event) => events.push(event) },
  );
  expect(statuses(results)).toEqual({
    claimed: 'claimed',
    exhausted: 'exhausted',
    fails: 'failed',
    gone: 'gone',
    grows: 'changed',
    marked: 'gone',
    ok: 'processed',
    waiting: 'waiting',
  });
  const calls = (wanted: string) => called.filter((id) => id === wanted).length;
  for (const id of ids) expect(results.get(id)?.attempts, id).toBe(calls(id));
  for (const { durationMs } of results.values()) expect(durationMs).toBeGreaterThan(0);
  expect(events.map(({ done }) => done)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(events.map(({ total }) => total)).toEqual(ids.map(() => ids.length));
  expect(new Map(events.map(({ id, result }) => [id, result]))).toEqual(results);

  letGo.open();
  expect(statuses(await elsewhere)).toEqual({ claimed: 'processed' });
});

test('with ids, only those are processed', async () => {
  await using temp = await tempWith('1', '2', '3', '4');
  await temp.store.markAsProcessed('3');
  const results = await temp.store.processAllUnprocessed(() => {}, { ids: ['2', '3', 'absent'] });
  expect(statuses(results)).toEqual({ 2: 'processed' });
  expect(await unprocessed(temp.store)).toEqual(['1', '4']);
});

test('as many are in hand at a time as concurrency says', async () => {
  await using temp = await tempWith('1', '2', '3', '4', '5', '6');
  let inHand = 0;
  let most = 0;
  let waiting: (() => void)[] = [];
  const goOnTogether = async () => {
    // time enough for a fourth
    for (let times = 0; times < 50; times += 1) await temp.store.listConversations();
    for (const goOn of waiting) goOn();
    waiting = [];
  };
  await temp.store.processAllUnprocessed(
    async () => {
      inHand += 1;
      most = Math.max(most, inHand);
      const { passed, open } = gate();
      waiting.push(open);
      if (waiting.length === 3) await goOnTogether();
      await passed;
      inHand -= 1;
    },
    { concurrency: 3 },
  );
  expect(most).toBe(3);
});

test('after drainSignal no more are taken, and those in hand are finished and marked', async () => {
  await using temp = await tempWith('1', '2', '3', '4');
  const drain = new AbortController();
  const notes: HandOver[] = [];
  const drained = gate();
  const work = noting(notes, async (_, { signal }) => {
    if (notes.length === 2) {
      drain.abort();
      drained.open();
    }
    await drained.passed;
    return signal.aborted;
  });
  const results = await temp.store.processAllUnprocessed(work, {
    concurrency: 2,
    drainSignal: drain.signal,
  });
  const handed = notes.map(({ id }) => id);
  expect(handed).toHaveLength(2);
  for (const [id, { status, value, attempts }] of results) {
    const expected = handed.includes(id)
      ? { status: 'processed', value: false, attempts: 1 }
      : { status: 'stopped', value: undefined, attempts: 0 };
    expect({ status, value, attempts }, id).toEqual(expected);
  }
  expect(results.size).toBe(4);
  expect(await temp.store.listConversations({ processed: true })).toEqual(handed.sort());
});

test('signal stops processors at once: nothing is marked, counted as a failure or left behind', async () => {
  await using temp = await tempWith('1', '2', '3', '4');
  const stop = new AbortController();
  const bothInHand = gate();
  let inHand = 0;
  const running = temp.store.processAllUnprocessed(
    async (_, { signal }) => {
      inHand += 1;
      if (inHand === 2) bothInHand.open();
      await new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
    },
    { concurrency: 2, signal: stop.signal, retries: 5 },
  );
  await bothInHand.passed;
  stop.abort();
  const results = await running;
  const all = { 1: 'stopped', 2: 'stopped', 3: 'stopped', 4: 'stopped' };
  expect(statuses(results)).toEqual(all);
  expect([...results.values()].reduce((sum, { attempts }) => sum + attempts, 0)).toBe(2);
  expect(inHand).toBe(2);
  expect(await unprocessed(temp.store)).toEqual(['1', '2', '3', '4']);
  expect(await collect(temp.store.listFailed())).toEqual([]);
  expect(await temp.state('1')).toEqual({});
  expect(await collect(temp.store.check())).toEqual([]);
  expect((await handOvers(temp.open())).map(({ attempt }) => attempt)).toEqual([1, 1, 1, 1]);
});

test('one that changed while it was in hand is not taken again after drainSignal', async () => {
  await using temp = await tempWith('1');
  const drain = new AbortController();
  const results = await temp.store.processAllUnprocessed(
    async ({ id }) => {
      await temp.store.appendMessages(id, [message(2)]);
      drain.abort();
      return 'first';
    },
    { drainSignal: drain.signal },
  );
  expect(results.get('1')).toMatchObject({ status: 'changed', value: 'first', attempts: 1 });
  expect(await handOvers(temp.store)).toMatchObject([{ changed: ['2: text 2'] }]);
});

test('what a processor finishes although it was told to stop is marked', async () => {
  await using temp = await tempWith('1');
  const stop = new AbortController();
  const results = await temp.store.processAllUnprocessed(() => stop.abort(), {
    signal: stop.signal,
  });
  expect(statuses(results)).toEqual({ 1: 'processed' });
});

test.each(['signal', 'drainSignal'] as const)('%s ends the wait for a retry', async (name) => {
  await using temp = await tempWith('1');
  const stop = new AbortController();
  const results = await temp.store.processAllUnprocessed(
    () => {
      throw NO_NETWORK;
    },
    {
      retries: 1,
      [name]: stop.signal,
      now: () => START,
      backoff: () => {
        // asked once for the record, then for the wait
        setImmediate(() => stop.abort());
        return 3_600_000;
      },
    },
  );
  expect(results.get('1')).toMatchObject({ status: 'failed', error: NO_NETWORK, attempts: 1 });
  expect(await collect(temp.store.listFailed())).toMatchObject([{ attempts: 1 }]);
  expect(await temp.state('1')).not.toHaveProperty('claim');
});

/** Ends between the record that conversation 1 was processed and the rename; the processor was called once. */
async function crashBeforeRename(temp: TempProcessing): Promise<ProcessingResult<unknown>> {
  const fileSystem = watching(({ name, args }) => {
    if (name === 'rename' && String(args[1]).endsWith('_processed.json')) throw systemError('EIO');
    return undefined;
  });
  const results = await temp.open({ fileSystem }).processAllUnprocessed(() => {});
  expect(await unprocessed(temp.store)).toEqual(['1']);
  expect(await temp.state('1')).toHaveProperty('processed');
  return results.get('1') as ProcessingResult<unknown>;
}

test('what was recorded as processed is marked after a crash, without being processed again', async () => {
  await using temp = await tempWith('1');
  expect(await crashBeforeRename(temp)).toMatchObject({ status: 'failed', error: { code: 'EIO' } });
  const notes: HandOver[] = [];
  const results = await temp.store.processAllUnprocessed(noting(notes, () => {}));
  expect(results.get('1')).toMatchObject({ status: 'processed', attempts: 0 });
  expect(notes).toEqual([]);
  expect(await unprocessed(temp.store)).toEqual([]);
});

test('but not if another program has rewritten it since with the same revision_id', async () => {
  await using temp = await tempWith('1');
  await crashBeforeRename(temp);
  await rewrite(temp.path, 'text 1', 'another text');
  expect(await handOvers(temp.store)).toMatchObject([
    { everything: true, changed: ['1: another text'] },
  ]);
  expect(await unprocessed(temp.store)).toEqual([]);
});

test('nor if it was marked as unprocessed since', async () => {
  await using temp = await tempWith('1');
  await crashBeforeRename(temp);
  await temp.store.markAsUnprocessed('1');
  expect(await handOvers(temp.store)).toMatchObject([{ everything: true }]);
});

test('what came after a crash is handed over alone', async () => {
  await using temp = await tempWith('1');
  await crashBeforeRename(temp);
  await temp.store.appendMessages('1', [message(2)]);
  expect(await handOvers(temp.store)).toMatchObject([
    { everything: false, changed: ['2: text 2'] },
  ]);
});

test.each([
  '',
  '{',
  '[]',
  'null',
  '{"processed":{"revision":"1"}}',
  '\0\0\0\0',
  'x'.repeat(300_000),
  // too deep to be written again, but for Node 26
  `{"other":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
])('with a damaged state everything counts as changed (%#)', async (text) => {
  await using temp = await tempWith('1');
  expect(await handOvers(temp.store)).toHaveLength(1);
  await temp.store.appendMessages('1', [message(2)]);
  await writeFile(temp.layout.stateFile('1'), text);
  expect(await handOvers(temp.store)).toMatchObject([
    { everything: true, attempt: 1, changed: ['1: text 1', '2: text 2'] },
  ]);
  expect(await unprocessed(temp.store)).toEqual([]);
});

test('with a damaged change log everything counts as changed', async () => {
  await using temp = await tempWith('1');
  await handOvers(temp.store);
  await temp.store.appendMessages('1', [message(2)]);
  await writeFile(temp.layout.changesFile('1'), '{"added":["2","2');
  expect(await handOvers(temp.store)).toMatchObject([{ everything: true }]);
});

test('a file that cannot be read fails alone', async () => {
  await using temp = await tempProcessing({ problems: ['CHECK_UNREADABLE'] });
  await temp.store.saveConversation(conversation('1'));
  await temp.store.saveConversation(conversation('2'));
  await writeFile(temp.layout.file('1', 'unprocessed').path, '{"messages":');
  const notes: HandOver[] = [];
  const results = await temp.store.processAllUnprocessed(noting(notes, () => {}));
  expect(results.get('1')).toMatchObject({
    status: 'failed',
    attempts: 0,
    error: { code: 'STORE_INVALID_FILE' },
  });
  expect(results.get('2')).toMatchObject({ status: 'processed' });
  expect(notes.map(({ id }) => id)).toEqual(['2']);
});

test('a claim does not put what was processed at risk: its file is synced before it takes the place of the other', async () => {
  await using temp = await tempProcessing();
  await temp.store.saveConversation(conversation('1', messages(2)));
  await temp.store.processAllUnprocessed(() => {});
  await temp.store.appendMessages('1', [message(3)]);
  const calls: string[] = [];
  const fileSystem = watching(({ name, args }) => {
    const isState = name === 'rename' && String(args[1]).includes('/state/');
    if (isState || name === 'handle.sync') calls.push(isState ? 'state' : 'sync');
    return undefined;
  });
  const store = temp.open({ durability: 'full', fileSystem });
  let atHandOver: string[] = [];
  await store.processAllUnprocessed(() => {
    atHandOver = [...calls];
  });
  // the last state that was written by then is the claim
  expect(atHandOver.lastIndexOf('state')).toBeGreaterThan(0);
  expect(atHandOver[atHandOver.lastIndexOf('state') - 1]).toBe('sync');
});

test("a claim whose lock could not be given back is in nobody's hand, and the next try takes it", async () => {
  await using temp = await tempWith('1');
  const inTheWay: string[] = [];
  // a ticket is given back by a rename, and a directory can't be replaced by a file
  const block = async (): Promise<void> => {
    const locks = join(temp.path, '.tgstore', 'locks');
    for (const name of await readdir(locks, { recursive: true })) {
      if (!name.includes('ticket.')) continue;
      inTheWay.push(join(locks, name.replace('ticket.', 'spent.')));
    }
    for (const path of inTheWay) await mkdir(path);
  };
  const opened: string[] = [];
  const fileSystem = watching(async ({ name, args }) => {
    const isClaimed = name === 'rename' && basename(String(args[1])) === '1.json';
    if (isClaimed && inTheWay.length === 0) await block();
    if (name !== 'open' || !/unprocessed/.test(String(args[0]))) return undefined;
    return async (open) => {
      const handle = await open(...args);
      opened.push('open');
      const close = handle.close.bind(handle);
      return Object.assign(handle, {
        close: async () => {
          opened.pop();
          await close();
        },
      });
    };
  });
  const store = temp.open({ fileSystem });
  const first = await store.processAllUnprocessed(() => {});
  expect(first.get('1')).toMatchObject({ status: 'failed', attempts: 0 });
  expect(inTheWay).toHaveLength(1);
  expect(opened).toEqual([]);
  for (const path of inTheWay) await rmdir(path);
  const second = await store.processAllUnprocessed(() => {});
  expect(second.get('1')).toMatchObject({ status: 'processed', attempts: 1 });
});
