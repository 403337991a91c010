import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serializeConversation } from '@tgstore/schema';
import { tempDirectory } from '@tgstore/testkit';
import { describe, expect, test } from 'vitest';
import { EnhancedFileManager } from '../src/index.ts';
import { collect } from './support/collect.ts';
import { conversation, message, messages } from './support/conversations.ts';

const DEEP = `${'['.repeat(5000)}${']'.repeat(5000)}`;
const STRANGE = '{"toString":1,"valueOf":1}';
/** What another program may have written in the place of a message. */
const LINES: [what: string, json: string][] = [
  ['nothing', 'null'],
  ['a number', '5'],
  ['a list', '[]'],
  ['a text of no text', '{"id":2,"text":5}'],
  ['a date of lists', '{"id":2,"date":[[]]}'],
  ['a date that nests deeply', `{"id":2,"date":${DEEP}}`],
  ['a date that is no text', `{"id":2,"date":${STRANGE}}`],
  ['a date of an edit that is no text', `{"id":2,"edit_date":${STRANGE}}`],
  ['a sender that is no text', `{"id":2,"sender_id":${STRANGE}}`],
  ['a path of a file that is no text', '{"id":2,"media_path":5}'],
];

async function storeWith(path: string, json: string): Promise<EnhancedFileManager> {
  const text = serializeConversation(conversation('1', messages(3), { chat_type: 'private' }));
  const broken = text.replace(/^"2":.*(?=,$)/m, () => `"2":${json}`);
  await writeFile(join(path, '1_unprocessed.json'), broken, { mode: 0o600 });
  return new EnhancedFileManager({ storageDir: path });
}

describe.each(LINES)('where %s stands instead of a message', (_, json) => {
  test.each<[string, (store: EnhancedFileManager) => Promise<unknown>]>([
    ['another is appended', (store) => store.appendMessages('1', [message(9)])],
    ['another is merged', (store) => store.mergeConversation(conversation('1', [message(0)]))],
    ['another is deleted', (store) => store.deleteMessages('1', [1])],
  ])('%s, and it stays as it is', async (__, change) => {
    await using dir = await tempDirectory();
    await using store = await storeWith(dir.path, json);
    await change(store);
    const text = await readFile(join(dir.path, '1_unprocessed.json'), 'utf8');
    expect(text).toContain(`\n"2":${json},\n`);
  });

  test.each<[string, (store: EnhancedFileManager) => Promise<unknown>]>([
    ['merged', (store) => store.mergeConversation(conversation('1', [message(2)]))],
    ['deleted', (store) => store.deleteMessages('1', [2])],
  ])('that it is %s is refused', async (__, change) => {
    await using dir = await tempDirectory();
    await using store = await storeWith(dir.path, json);
    const found = expect.objectContaining({
      code: 'STORE_INVALID_FILE',
      message: expect.stringContaining('messages.2'),
    });
    await expect(change(store)).rejects.toEqual(found);
  });
});

test('what is read of a message over several lines is what a load reads', async () => {
  await using dir = await tempDirectory();
  // as a number it is too large for an id; written anew, it would be an integer that is none too large
  await using store = await storeWith(dir.path, '{"id":2,\n  "sender_id":1e20}');
  await expect(store.loadConversation('1')).rejects.toMatchObject({ code: 'STORE_INVALID_FILE' });
  const streamed = collect(store.readMessages('1'));
  await expect(streamed).rejects.toMatchObject({ code: 'STORE_INVALID_FILE' });
  const problems = await collect(store.check());
  expect(problems.map(({ code }) => code)).toContain('CHECK_UNREADABLE');
});

test('a message over several lines is put on one, and nothing of it lost', async () => {
  await using dir = await tempDirectory();
  await using store = await storeWith(
    dir.path,
    '{"id":2,\n  "list":[1.0,\n"\\u00e9"],"x":1,"x":2}',
  );
  await store.appendMessages('1', [message(9)]);
  const text = await readFile(join(dir.path, '1_unprocessed.json'), 'utf8');
  expect(text).toContain('\n"2":{"id":2,"list":[1.0,"\\u00e9"],"x":1,"x":2},\n');
});

test.each([
  ['text', '"1"'],
  ['an object without a text', STRANGE],
  ['a list that nests deeply', DEEP],
])('a version that is %s is refused', async (_, version) => {
  await using dir = await tempDirectory();
  await using store = await storeWith(dir.path, '{"id":2}');
  const path = join(dir.path, '1_unprocessed.json');
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace(/"schema_version":1/, `"schema_version":${version}`));
  const refused = {
    code: 'STORE_INVALID_FILE',
    message: expect.stringContaining('schema_version'),
  };
  await expect(store.loadConversation('1')).rejects.toMatchObject(refused);
  await expect(collect(store.readMessages('1'))).rejects.toMatchObject(refused);
});
