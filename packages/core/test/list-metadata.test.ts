import { expect, test } from 'vitest';
import { FileManager } from '../src/index.ts';
import { collect } from './support/collect.ts';
import { conversation, messages } from './support/conversations.ts';
import { watching } from './support/faults.ts';
import { tempStore } from './support/store.ts';

test('metadata of all conversations come in the order of ids, from the ends of the files', async () => {
  await using store = await tempStore({ durability: 'relaxed' });
  const ids = Array.from({ length: 40 }, (_, index) => String(index - 20));
  for (const id of [...ids].reverse()) {
    await store.files.saveConversation(conversation(id, messages(3), { name: `chat ${id}` }));
  }
  await store.files.markAsProcessed('7');
  let bytes = 0;
  const fileSystem = watching(({ name, args }) => {
    if (name === 'handle.read') bytes += args[2] as number;
    return undefined;
  });
  const files = new FileManager({ storageDir: store.path, fileSystem });
  const listed = await collect(files.listMetadata());
  expect(listed.map(({ file }) => file.id)).toEqual(ids);
  expect(listed.map(({ metadata }) => metadata?.name)).toEqual(ids.map((id) => `chat ${id}`));
  expect(listed.every(({ size }) => size > 400)).toBe(true);
  expect(bytes).toBeLessThan(40 * 20_000);
  const processed = await collect(files.listMetadata({ processed: true }));
  expect(processed.map(({ file }) => `${file.id} ${file.status}`)).toEqual(['7 processed']);
  expect(await collect(files.listMetadata({ processed: false }))).toHaveLength(39);
});

test('one that cannot be read comes with its error', async () => {
  await using store = await tempStore({ problems: ['CHECK_UNREADABLE'] });
  await store.files.saveConversation(conversation('1'));
  await store.put('2_unprocessed.json', '{"messages":');
  expect(await collect(store.files.listMetadata())).toMatchObject([
    { file: { id: '1' }, metadata: { conversation_id: '1' } },
    { file: { id: '2' }, metadata: undefined, size: 12, error: { code: 'STORE_INVALID_FILE' } },
  ]);
});

test('one that was deleted since the listing is left out, one that was marked is not', async () => {
  await using store = await tempStore();
  for (const id of ['1', '2', '3']) await store.files.saveConversation(conversation(id));
  let isFirst = true;
  const fileSystem = watching(async ({ name }) => {
    if (name !== 'open' || !isFirst) return undefined;
    isFirst = false;
    await store.files.deleteConversation('1');
    await store.files.markAsProcessed('2');
    return undefined;
  });
  const files = new FileManager({ storageDir: store.path, fileSystem });
  const listed = await collect(files.listMetadata());
  expect(listed.map(({ metadata }) => metadata?.conversation_id)).toEqual(['2', '3']);
});

test('of ids that are given, those that are there come in that order, and the directory is not listed', async () => {
  await using store = await tempStore();
  for (const id of ['1', '2', 'Ann']) await store.files.saveConversation(conversation(id));
  await store.files.markAsProcessed('2');
  let listings = 0;
  const fileSystem = watching(({ name }) => {
    if (name === 'readdir') listings += 1;
    return undefined;
  });
  const files = new FileManager({ storageDir: store.path, fileSystem });
  const ids = ['Ann', 'gone', '2'];
  const listed = await collect(files.listMetadata({ ids }));
  expect(listed.map(({ file }) => `${file.id} ${file.status}`)).toEqual([
    'Ann unprocessed',
    '2 processed',
  ]);
  expect(await collect(files.listMetadata({ ids, processed: false }))).toHaveLength(1);
  expect(listings).toBe(0);
});
