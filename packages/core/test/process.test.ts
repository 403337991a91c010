import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serializeConversation } from '@tgstore/schema';
import { expect, test } from 'vitest';
import { batchProcessFiles, FileManager, type ProcessResult } from '../src/index.ts';
import { collect } from './support/collect.ts';
import { conversation, incoming, messages } from './support/conversations.ts';
import { watching } from './support/faults.ts';
import { type TempStore, tempStore } from './support/store.ts';

async function storeOf(count: number): Promise<TempStore> {
  const store = await tempStore({ durability: 'relaxed' });
  for (let id = 1; id <= count; id += 1) {
    await store.files.saveConversation(conversation(String(id), messages(id)));
  }
  return store;
}

/** Waits until `count` callers wait, then lets all of them go. */
function meeting(count: number): () => Promise<void> {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  let waiting = 0;
  return async () => {
    waiting += 1;
    if (waiting === count) open();
    await opened;
  };
}

test('every unprocessed conversation is handed over once and marked when that succeeded', async () => {
  await using store = await storeOf(5);
  await store.files.markAsProcessed('2');
  await store.put('Ann_unprocessed.json', serializeConversation(conversation('Ann')));
  const given: string[] = [];
  const results = await batchProcessFiles(store.files, async ({ id }) => {
    given.push(id);
  });
  expect(given.sort()).toEqual(['1', '3', '4', '5', 'Ann']);
  expect([...results.keys()].sort()).toEqual(given);
  for (const result of results.values()) {
    expect(result).toEqual({ status: 'processed', durationMs: expect.any(Number) });
  }
  expect(await store.files.getConversationStats()).toMatchObject({ processedCount: 6 });
  expect((await batchProcessFiles(store.files, async () => {})).size).toBe(0);
});

test('a conversation can be had whole, message by message or as bytes', async () => {
  await using store = await storeOf(3);
  await batchProcessFiles(store.files, async (given) => {
    const count = Number(given.id);
    expect((await given.load()).messages.size).toBe(count);
    expect(await collect(given.messages())).toHaveLength(count);
    expect(await collect(given.messages({ after: 1, limit: 1 }))).toHaveLength(
      Math.min(1, count - 1),
    );
    expect(given.path).toBe(join(store.path, `${given.id}_unprocessed.json`));
    const bytes = Buffer.concat(await collect(given.bytes()));
    expect(bytes).toEqual(await readFile(given.path));
    expect(given.signal.aborted).toBe(false);
  }).then((results) => {
    for (const { error } of results.values()) if (error) throw error;
  });
});

test('one that fails stays unprocessed, with its error, and does not stop the others', async () => {
  await using store = await storeOf(4);
  const failure = new Error('no');
  const results = await batchProcessFiles(store.files, async ({ id }) => {
    if (id === '2') throw failure;
    if (id === '3') throw undefined;
  });
  expect(results.get('2')).toEqual({
    status: 'failed',
    error: failure,
    durationMs: expect.any(Number),
  });
  expect(results.get('3')).toMatchObject({ status: 'failed' });
  expect(await store.files.listConversations({ processed: false })).toEqual(['2', '3']);
});

test('one that cannot be read fails, and the others are processed', async () => {
  await using store = await tempStore({ problems: ['CHECK_UNREADABLE'] });
  await store.files.saveConversation(conversation('1'));
  await store.put('2_unprocessed.json', '{"messages":');
  const results = await batchProcessFiles(store.files, async ({ load }) => await load());
  expect(results.get('1')).toMatchObject({ status: 'processed' });
  expect(results.get('2')).toMatchObject({
    status: 'failed',
    error: { code: 'STORE_INVALID_FILE' },
  });
});

test('what changed meanwhile stays unprocessed, whoever changed it', async () => {
  await using store = await storeOf(4);
  const { files } = store;
  const results = await batchProcessFiles(files, async ({ id, load }) => {
    if (id === '1') await files.saveConversation(await load(), { force: true });
    if (id === '2') {
      await using staged = await store.enhanced.stageImport(
        incoming({ id, messages: messages(9) }),
      );
      await staged.commit();
    }
    if (id === '3') await files.deleteConversation(id);
  });
  const statuses = [...results].map(([id, { status }]) => [id, status]).sort();
  expect(statuses).toEqual([
    ['1', 'changed'],
    ['2', 'changed'],
    ['3', 'failed'],
    ['4', 'processed'],
  ]);
  expect(results.get('1')?.error).toMatchObject({ code: 'STORE_CHANGED' });
  expect(results.get('3')?.error).toMatchObject({ code: 'STORE_NOT_FOUND' });
  expect(await files.listConversations({ processed: false })).toEqual(['1', '2']);
});

test('an import that changes nothing does not count as a change', async () => {
  await using store = await storeOf(1);
  const results = await batchProcessFiles(store.files, async ({ id }) => {
    await using staged = await store.enhanced.stageImport(incoming({ id, messages: messages(1) }));
    await staged.commit();
  });
  expect(results.get('1')?.status).toBe('processed');
});

test('as many are in hand as concurrency says, and never more', async () => {
  await using store = await storeOf(12);
  for (const concurrency of [undefined, 1, 3, 50]) {
    for (const id of await store.files.listConversations()) await store.files.markAsUnprocessed(id);
    const expected = Math.min(concurrency ?? 4, 12);
    // twelve is a multiple of each: no one waits for a company that never comes
    const meet = meeting(expected);
    let inHand = 0;
    let most = 0;
    const results = await batchProcessFiles(
      store.files,
      async () => {
        inHand += 1;
        most = Math.max(most, inHand);
        await meet();
        inHand -= 1;
      },
      { concurrency },
    );
    expect(results.size).toBe(12);
    expect(most).toBe(expected);
  }
  await expect(batchProcessFiles(store.files, async () => {}, { concurrency: 0 })).rejects.toThrow(
    TypeError,
  );
});

test('once the signal is aborted no more are taken; those in hand are finished and returned', async () => {
  await using store = await storeOf(10);
  const abort = new AbortController();
  const meet = meeting(3);
  const results = await batchProcessFiles(
    store.files,
    async ({ signal }) => {
      await meet();
      abort.abort();
      expect(signal.aborted).toBe(true);
    },
    { concurrency: 3, signal: abort.signal },
  );
  expect([...results.values()].map(({ status }) => status)).toEqual(Array(3).fill('processed'));
  expect(await store.files.getConversationStats()).toMatchObject({ processedCount: 3 });
  const none = await batchProcessFiles(store.files, async () => {}, {
    signal: AbortSignal.abort(),
  });
  expect(none.size).toBe(0);
});

test('onProgress is told of each conversation, in the order of their ends', async () => {
  await using store = await storeOf(3);
  const events: [string, ProcessResult['status'], number, number][] = [];
  await batchProcessFiles(
    store.files,
    async ({ id }) => {
      if (id === '2') throw new Error('no');
    },
    {
      concurrency: 1,
      onProgress: ({ id, result, done, total }) =>
        events.push([id, result.status, done, total]) as never,
    },
  );
  expect(events).toEqual([
    ['1', 'processed', 1, 3],
    ['2', 'failed', 2, 3],
    ['3', 'processed', 3, 3],
  ]);
});

test('a failing onProgress ends the batch when nothing runs any more', async () => {
  await using store = await storeOf(6);
  const failure = new Error('no');
  const meet = meeting(3);
  let running = 0;
  const batch = batchProcessFiles(
    store.files,
    async () => {
      running += 1;
      await meet();
      await new Promise(setImmediate);
      running -= 1;
    },
    {
      concurrency: 3,
      onProgress: () => {
        throw failure;
      },
    },
  );
  await expect(batch).rejects.toBe(failure);
  expect(running).toBe(0);
});

test('a conversation that one scan of the directory misses is processed', async () => {
  await using store = await storeOf(5);
  let scans = 0;
  const fileSystem = watching(({ name }) => {
    if (name !== 'readdir') return undefined;
    scans += 1;
    return scans === 1
      ? async (real) => (await real(store.path)).filter((entry: string) => !entry.startsWith('3'))
      : undefined;
  });
  const files = new FileManager({ storageDir: store.path, fileSystem });
  const results = await batchProcessFiles(files, async () => {});
  expect([...results.keys()].sort()).toEqual(['1', '2', '3', '4', '5']);
});
