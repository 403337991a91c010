import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { EnhancedFileManager, encodeId } from '@tgstore/core';
import { createRandom, tempDirectory, writeSampleExport } from '@tgstore/testkit';
import { expect, test, vi } from 'vitest';
import { hasPlainSyntax, runExample, startExample } from './support/run-example.ts';

const example = 'worker/worker.mjs';
const seed = Number(process.env.TGSTORE_SEED) || Date.now() % 1_000_000;

test(`workers killed at random instants leave every message in the output once (TGSTORE_SEED=${seed})`, async () => {
  await using dir = await tempDirectory();
  const random = createRandom(seed);
  const { path } = await writeSampleExport(dir.path, { messages: 2000 });
  const [storageDir, output] = [join(dir.path, 'chats'), join(dir.path, 'out')];
  await using store = new EnhancedFileManager({ storageDir });
  await store.importConversationsFromJson(path);
  const ids = await store.listConversations();

  const workers = new Set<ChildProcess>();
  const start = (): void => {
    workers.add(startWorker(storageDir, output));
  };
  try {
    for (let count = 0; count < 3; count += 1) start();
    for (let round = 0; round < 8; round += 1) {
      // whoever is at work is killed within the next milliseconds of it
      const victim = await firstAtWork(workers);
      await setTimeout(random.next() * 20);
      victim.kill('SIGKILL');
      workers.delete(victim);
      start();
      for (const id of ids) {
        await store.appendMessages(id, [{ id: 10_000_000 + round, text: `Round ${round}` }]);
      }
    }
    await vi.waitFor(
      async () => expect((await store.getConversationStats()).unprocessedCount).toBe(0),
      { timeout: 50_000, interval: 50 },
    );
    const ends = [...workers].map(async (worker) => {
      await ready.get(worker);
      worker.kill('SIGTERM');
      return await once(worker, 'close');
    });
    expect(await Promise.all(ends)).toEqual(ends.map(() => [0, null]));
  } finally {
    for (const worker of workers) worker.kill('SIGKILL');
  }

  expect((await readdir(output)).toSorted()).toEqual(
    ids.map((id) => `${encodeId(id)}.jsonl`).toSorted(),
  );
  for (const id of ids) {
    const { messages } = await store.loadConversation(id);
    const withText = [...messages.values()].filter(({ text }) => text);
    expect(withText.filter(({ text }) => text?.startsWith('Round')).length).toBe(8);
    expect(await documentIds(output, id)).toEqual(withText.map((message) => `${id}/${message.id}`));
  }
});

test('SIGTERM ends a worker with 0, after what it has in hand, and the next does the rest', async () => {
  await using dir = await tempDirectory();
  const { path } = await writeSampleExport(dir.path, { messages: 2000 });
  const [storageDir, output] = [join(dir.path, 'chats'), join(dir.path, 'out')];
  await using store = new EnhancedFileManager({ storageDir });
  await store.importConversationsFromJson(path);

  for (let left = Number.POSITIVE_INFINITY; left > 0; ) {
    const worker = startWorker(storageDir, output);
    await firstAtWork(new Set([worker]));
    worker.kill('SIGTERM');
    expect(await once(worker, 'close')).toEqual([0, null]);
    const processed = await store.listConversations({ processed: true });
    expect((await readdir(output)).toSorted()).toEqual(
      processed.map((id) => `${encodeId(id)}.jsonl`).toSorted(),
    );
    const { unprocessedCount } = await store.getConversationStats();
    expect(unprocessedCount).toBeLessThan(left);
    left = unprocessedCount;
  }
});

test('wrong arguments are 2, and it runs on this Node without a loader', async () => {
  expect((await runExample(example, ['chats'])).status).toBe(2);
  expect(await hasPlainSyntax(example)).toBe(true);
});

/** From when on a signal does not just end a worker. */
const ready = new WeakMap<ChildProcess, Promise<unknown>>();

function startWorker(storageDir: string, output: string): ChildProcess {
  const worker = startExample(example, [storageDir, output]);
  if (worker.stderr) ready.set(worker, once(worker.stderr, 'data'));
  return worker;
}

/** The first worker that prints that it has done something, from now on. */
async function firstAtWork(workers: ReadonlySet<ChildProcess>): Promise<ChildProcess> {
  const said = new AbortController();
  const signs = [...workers].map(async (worker) => {
    if (worker.stdout) await once(worker.stdout, 'data', { signal: said.signal });
    return worker;
  });
  const first = await Promise.race(signs);
  said.abort();
  await Promise.allSettled(signs);
  return first;
}

async function documentIds(output: string, id: string): Promise<unknown[]> {
  const lines = (await readFile(join(output, `${encodeId(id)}.jsonl`), 'utf8')).split('\n');
  return lines.slice(0, -1).map((line) => JSON.parse(line).id);
}
