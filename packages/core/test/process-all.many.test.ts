import { mkdir, writeFile } from 'node:fs/promises';
import { ConversationSerializer } from '@tgstore/schema';
import { expect, test } from 'vitest';
import { collect } from './support/collect.ts';
import { conversation } from './support/conversations.ts';
import { tempProcessing } from './support/processing.ts';

const COUNT = Number(process.env.TGSTORE_CONVERSATIONS ?? 10_000);

test(`of ${COUNT} conversations, of which every seventh fails, each has its status`, {
  timeout: 600_000,
}, async () => {
  await using temp = await tempProcessing();
  await mkdir(temp.path, { mode: 0o700 });
  const ids = Array.from({ length: COUNT }, (_, index) => String(index + 1));
  const fails = (id: string): boolean => Number(id) % 7 === 0;
  for (const id of ids) {
    const text = ConversationSerializer.serialize(conversation(id));
    await writeFile(temp.layout.file(id, 'unprocessed').path, text, { mode: 0o600 });
  }
  const expected = new Map(ids.map((id) => [id, fails(id) ? 'failed' : 'processed']));
  const failing = ids.filter(fails);
  const calls = new Map<string, number>();
  const work = ({ id }: { readonly id: string }): string => {
    calls.set(id, (calls.get(id) ?? 0) + 1);
    if (fails(id)) throw new Error(`${id} fails`);
    return `did ${id}`;
  };

  const start = performance.now();
  const results = await temp.store.processAllUnprocessed(work, { concurrency: 16 });
  const seconds = (performance.now() - start) / 1000;
  process.stderr.write(`${Math.round(COUNT / seconds)} conversations/s\n`);
  const found = new Map([...results].map(([id, { status }]) => [id, status]));
  expect(found.size).toBe(COUNT);
  expect(ids.filter((id) => found.get(id) !== expected.get(id))).toEqual([]);
  expect(ids.filter((id) => calls.get(id) !== 1)).toEqual([]);
  expect(await temp.store.getConversationStats()).toEqual({
    processedCount: COUNT - failing.length,
    unprocessedCount: failing.length,
    totalCount: COUNT,
  });
  const listed = await collect(temp.store.listFailed());
  expect(listed.map(({ id }) => id)).toEqual(failing);
  expect(listed.filter(({ id, error }) => error.message !== `${id} fails`)).toEqual([]);

  const again = await temp.store.processAllUnprocessed(() => {}, { retryFailed: true });
  expect(new Set(again.keys())).toEqual(new Set(failing));
  expect([...again.values()].filter(({ status }) => status !== 'processed')).toEqual([]);
  expect(await collect(temp.store.listFailed())).toEqual([]);
});
