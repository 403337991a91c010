import type { EnhancedFileManager } from '@tgstore/core';
import { runTypeScript } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import type { Job } from '../../src/api/index.ts';
import { EventReader } from './support/event-reader.ts';
import { messages, type TestExplorer, testExplorer } from './support/explorer.ts';

const changeStore = new URL('support/change-store.ts', import.meta.url);

test('changes of other processes come as they are made', async () => {
  await using explorer = await testExplorer();
  await explorer.save('1', messages(1));
  await explorer.save('2', messages(1));
  await using events = await EventReader.open(explorer);
  expect(await events.next()).toEqual({ event: 'job', data: null });
  await runTypeScript(changeStore, {
    args: [explorer.storageDir, 'save', '3', 'mark', '1', 'delete', '2'],
  });
  const seen = new Map<string, string>();
  while (seen.size < 3) {
    const { changed, removed } = await events.find('conversations');
    for (const { id, status } of changed) seen.set(id, status);
    for (const id of removed) seen.set(id, 'gone');
  }
  expect(Object.fromEntries(seen)).toEqual({ 1: 'processed', 2: 'gone', 3: 'unprocessed' });
});

test('many changes are few events', async () => {
  await using explorer = await testExplorer();
  await using events = await EventReader.open(explorer);
  await events.next();
  const ids = Array.from({ length: 300 }, (_, index) => String(index));
  const list = ids.map((conversation_id) => ({ messages: [], metadata: { conversation_id } }));
  await explorer.store.batchSaveConversations(list);
  const seen = new Set<string>();
  let count = 0;
  while (seen.size < ids.length) {
    const { changed } = await events.find('conversations');
    count += 1;
    for (const { id } of changed) seen.add(id);
  }
  expect(count).toBeLessThan(100);
});

test('one watcher serves all who listen, and ends with the last of them', async () => {
  await using explorer = await testExplorer();
  let open = 0;
  const watch = explorer.store.watchConversations.bind(explorer.store);
  explorer.store.watchConversations = (options = {}) => {
    open += 1;
    options.signal?.addEventListener('abort', () => {
      open -= 1;
    });
    return watch(options);
  };
  const first = await EventReader.open(explorer);
  const second = await EventReader.open(explorer);
  await Promise.all([first.next(), second.next()]);
  expect(open).toBe(1);
  await first[Symbol.asyncDispose]();
  await explorer.save('1', messages(1));
  await second.find('conversations', ({ changed }) => changed[0]?.id === '1');
  await second[Symbol.asyncDispose]();
  await expect.poll(() => open).toBe(0);
  await using third = await EventReader.open(explorer);
  await third.next();
  expect(open).toBe(1);
});

test('closing ends the streams', async () => {
  await using explorer = await testExplorer();
  await using events = await EventReader.open(explorer);
  await events.next();
  await explorer.close();
  await expect(events.next().catch(() => undefined)).resolves.toBeUndefined();
});

/** A command that fails for the conversations in `bad`, and waits at a gate. */
function processing(bad: Set<string>, gate: Promise<void> = Promise.resolve()) {
  const work = async ({ id }: { id: string }): Promise<void> => {
    await gate;
    if (bad.has(id)) throw new Error(`bad ${id}`);
  };
  return { command: 'node digest.mjs', work, options: { concurrency: 1 } };
}

async function startJob(explorer: TestExplorer, body: object = {}): Promise<Job> {
  return await explorer.postJson<Job>('/api/job', body);
}

test('a job tells how far it is, keeps its failures, and a retry takes them', async () => {
  const bad = new Set(['2']);
  await using explorer = await testExplorer({ processing: processing(bad) });
  for (const id of ['1', '2', '3']) await explorer.save(id, messages(1));
  await using events = await EventReader.open(explorer);
  await events.next();
  expect(await explorer.getJson('/api/job')).toBe(null);
  expect(await explorer.getJson('/api/store')).toMatchObject({ command: 'node digest.mjs' });
  expect(await startJob(explorer)).toMatchObject({ id: 1, state: 'running', done: 0 });
  const done = await events.find('job', (job) => job?.state === 'done');
  expect(done).toMatchObject({
    done: 3,
    total: 3,
    counts: { processed: 2, failed: 1 },
    failures: [{ conversationId: '2', error: { message: 'bad 2' } }],
  });
  const details = await explorer.getJson('/api/conversations/2');
  expect(details).toMatchObject({
    status: 'unprocessed',
    failure: { attempts: 1, message: 'bad 2' },
  });
  bad.clear();
  expect(await startJob(explorer, { ids: ['2'], retryFailed: true })).toMatchObject({ id: 2 });
  await events.find(
    'job',
    (job) => job?.id === 2 && job.state === 'done' && job.counts.processed === 1,
  );
  expect(await explorer.store.listConversations({ processed: false })).toEqual([]);
});

test('that processing failed is told with the conversation, whose file is the same', async () => {
  await using explorer = await testExplorer({ processing: processing(new Set(['1'])) });
  await explorer.save('1', messages(1));
  await using events = await EventReader.open(explorer);
  await events.next();
  await startJob(explorer);
  const { changed } = await events.find(
    'conversations',
    ({ changed }) => changed[0]?.failure !== undefined,
  );
  expect(changed).toMatchObject([
    { id: '1', status: 'unprocessed', failure: { message: 'bad 1' } },
  ]);
});

test('one job at a time; to stop it finishes what is in hand and takes no more', async () => {
  let open = (): void => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  await using explorer = await testExplorer({ processing: processing(new Set(), gate) });
  for (const id of ['1', '2', '3']) await explorer.save(id, messages(1));
  await startJob(explorer);
  const again = await explorer.request('/api/job', { method: 'POST', body: '{}' });
  expect([again.status, again.text.includes('EXPLORER_BUSY')]).toEqual([409, true]);
  await expect.poll(async () => (await explorer.store.inspect()).claims.length).toBe(1);
  const stopping = await explorer.request('/api/job', { method: 'DELETE' });
  expect(JSON.parse(stopping.text)).toMatchObject({ state: 'stopping' });
  open();
  await explorer.close();
  expect(await explorer.store.listConversations({ processed: true })).toEqual(['1']);
});

test('without a command there are no jobs', async () => {
  await using explorer = await testExplorer();
  const { status, text } = await explorer.request('/api/job', {
    method: 'POST',
    body: '{"command":"touch x"}',
  });
  expect([status, text.includes('--exec')]).toEqual([409, true]);
  expect((await explorer.request('/api/job', { method: 'POST', body: '{"ids":"1"}' })).status).toBe(
    400,
  );
});

test('a search that is given up stops reading', async () => {
  await using explorer = await testExplorer();
  await explorer.save('1', messages(10));
  let hasStopped = false;
  let read = 0;
  const search = explorer.store.searchMessages.bind(explorer.store);
  explorer.store.searchMessages = async function* (this: void, ...[query, options]) {
    try {
      // never ends by itself
      for (;;) {
        for await (const hit of search(query, { ...options, ids: ['1'], from: '2030-01-01' }))
          yield hit;
        read += 1;
        options?.signal?.throwIfAborted();
        if (read === 1) for await (const hit of search(query, options)) yield hit;
      }
    } finally {
      hasStopped = true;
    }
  } as EnhancedFileManager['searchMessages'];
  const gone = new AbortController();
  const { body } = await fetch(`http://127.0.0.1:${explorer.port}/api/search?query=text`, {
    headers: { authorization: `Bearer ${explorer.token}` },
    signal: gone.signal,
  });
  await body?.getReader().read();
  expect(hasStopped).toBe(false);
  gone.abort();
  await expect.poll(() => hasStopped).toBe(true);
});
