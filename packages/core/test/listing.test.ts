import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FileManager } from '../src/index.ts';
import { collect } from './support/collect.ts';
import { conversation } from './support/conversations.ts';
import { watching } from './support/faults.ts';
import { conversationFiles, type TempStore, tempStore } from './support/store.ts';

async function storeOf(count: number): Promise<TempStore> {
  const store = await tempStore({ durability: 'relaxed' });
  for (let id = 1; id <= count; id += 1)
    await store.files.saveConversation(conversation(String(id)));
  return store;
}

test('a settled listing scans until two scans agree, and misses nothing that others rename', async () => {
  await using store = await storeOf(6);
  const renamings = [
    ['6_unprocessed.json', '6_processed.json'],
    ['5_unprocessed.json', '5_processed.json'],
    ['6_processed.json', '6_unprocessed.json'],
  ];
  const counts: number[] = [];
  const fileSystem = watching(async ({ name, args }) => {
    if (name !== 'readdir') return undefined;
    const names = await readdir(String(args[0]));
    const [from, to] = renamings.shift() ?? [];
    counts.push(names.length - (from ? 1 : 0));
    if (!from || !to) return undefined;
    // renamed while the scan runs: it had not reached the old name yet, and has passed the new one
    await rename(join(store.path, from), join(store.path, to));
    return { result: names.filter((entry) => entry !== from) };
  });
  const files = new FileManager({ storageDir: store.path, fileSystem });
  const listed = await files.listFiles({ settled: true });
  expect(listed.map(({ id }) => id)).toEqual(['1', '2', '3', '4', '5', '6']);
  // six conversations and .tgstore; the first and the third scan miss the same one, the second another
  expect(counts).toEqual([6, 6, 6, 7, 7]);
  const names = listed.map(({ path }) => path.slice(store.path.length + 1));
  expect(names.sort()).toEqual(await conversationFiles(store.path));
});

test('who must not miss a conversation scans twice at least', async () => {
  await using store = await storeOf(6);
  let scans = 0;
  const fileSystem = watching(({ name }) => {
    if (name === 'readdir') scans += 1;
    return undefined;
  });
  const files = new FileManager({ storageDir: store.path, fileSystem });
  await files.listFiles();
  expect(scans).toBe(1);
  await files.listFiles({ settled: true });
  expect(scans).toBe(3);
  await collect(files.check());
  // two for the names, one for each: what else is there, states, change logs
  expect(scans).toBe(8);
});

test('a name that one scan gives twice is one conversation', async () => {
  await using store = await storeOf(2);
  const fileSystem = watching(({ name }) =>
    name === 'readdir'
      ? async (real) => [...(await real(store.path)), '2_processed.json', '2_unprocessed.json']
      : undefined,
  );
  const files = new FileManager({ storageDir: store.path, fileSystem });
  expect(await files.listFiles()).toMatchObject([
    { id: '1', status: 'unprocessed' },
    { id: '2', status: 'unprocessed' },
  ]);
});
