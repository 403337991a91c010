import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readStoreFile } from '../src/store-file.ts';
import { conversation } from './support/conversations.ts';
import { watching } from './support/faults.ts';
import { tempStore } from './support/store.ts';

test('the file of a store is read whole, however little a call reads', async () => {
  await using temp = await tempStore();
  await temp.files.saveConversation(conversation('1'));
  const path = join(temp.path, '.tgstore', 'store.json');
  const fileSystem = watching(({ name, args: [bytes, offset, , position] }) => {
    if (name !== 'handle.read') return undefined;
    return (read) => read(bytes, offset, 1, position);
  });
  expect(await readStoreFile(path, { fileSystem })).toEqual(
    JSON.parse(await readFile(path, 'utf8')),
  );
});
