import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decodeId, encodeId } from '../src/index.ts';
import { StoreLayout } from '../src/layout.ts';
import { conversation } from './support/conversations.ts';
import { tempStore } from './support/store.ts';

test.each([
  ['12345', '12345'],
  ['-1001234567890', '-1001234567890'],
  ['user@host', 'user@host'],
  ['a_b.c', 'a_b.c'],
  ['_a_', '~5fa~5f'],
  ['.a.', '~2ea~2e'],
  ['.', '~2e'],
  ['..', '~2e~2e'],
  ['_', '~5f'],
  ['../../evil', '~2e.~2f..~2fevil'],
  ['a/b', 'a~2fb'],
  ['a\\b', 'a~5cb'],
  ['C:\\x', '~43~3a~5cx'],
  ['con', '~63on'],
  ['CON', '~43~4f~4e'],
  ['con.x', '~63on.x'],
  ['aux', '~61ux'],
  ['nul.tar.gz', '~6eul.tar.gz'],
  ['com1', '~63om1'],
  ['lpt9.txt', '~6cpt9.txt'],
  ['console', 'console'],
  ['com10', 'com10'],
  ['Ann Lee', '~41nn~20~4cee'],
  ['ann lee', 'ann~20lee'],
  ['a\0b', 'a~00b'],
  ['a\nb', 'a~0ab'],
  ['ü', '~c3~bc'],
  ['😀', '~f0~9f~98~80'],
  ['~41', '~7e41'],
  ['__proto__', '~5f_proto_~5f'],
])('the id %j stands as %j in the file name', (id, encoded) => {
  expect(encodeId(id)).toBe(encoded);
  expect(decodeId(encoded)).toBe(id);
});

test.each([
  ['empty', '', /it is empty/],
  ['too long', 'x'.repeat(300), /would have 300 bytes, 200 are allowed; shorten it/],
  ['too long when encoded', 'Ж'.repeat(34), /would have 204 bytes/],
  ['a lone high surrogate', 'a\ud800b', /not well-formed/],
  ['a lone low surrogate', '\udc00', /not well-formed/],
])('an id that is %s can be no name', (_, id, reason) => {
  expect(() => encodeId(id)).toThrow(expect.objectContaining({ code: 'STORE_INVALID_ID' }));
  expect(() => encodeId(id)).toThrow(reason);
});

test('the longest ids that are allowed can be saved, with every temporary name', async () => {
  await using store = await tempStore();
  for (const id of ['x'.repeat(200), 'Ж'.repeat(33)]) {
    await store.files.saveConversation(conversation(id));
    expect((await store.files.loadConversation(id)).metadata.conversation_id).toBe(id);
    await store.files.markAsProcessed(id);
  }
});

test.each([
  '',
  'A',
  'a b',
  '~',
  '~4',
  '~4G',
  '~6a',
  '~41~',
  '~ff',
  '~c0~80',
  'con',
  '_a',
  'a.',
  'é',
  'x'.repeat(201),
])('%j is no encoded id', (text) => {
  expect(decodeId(text)).toBeUndefined();
});

test.each([
  ['12345_processed.json', '12345', 'processed', true],
  ['12345_unprocessed.json', '12345', 'unprocessed', true],
  ['x_unprocessed_unprocessed.json', 'x_unprocessed', 'unprocessed', true],
  ['a_processed_unprocessed.json', 'a_processed', 'unprocessed', true],
  ['a_unprocessed_processed.json', 'a_unprocessed', 'processed', true],
  ['~41_processed.json', 'A', 'processed', true],
  ['Ann Lee_processed.json', 'Ann Lee', 'processed', false],
  ['~4_processed.json', '~4', 'processed', false],
  ['con_processed.json', 'con', 'processed', false],
  ['a__processed.json', 'a_', 'processed', false],
])('the name %j is that of conversation %j, %s', (name, id, status, canonical) => {
  const layout = new StoreLayout('/store');
  expect(layout.parse(name)).toEqual({ id, status, canonical, path: join(layout.directory, name) });
});

test.each([
  '.12345_processed.json',
  '.12345.undo',
  '_processed.json',
  '12345.json',
  '12345_processed.json~',
  '12345_processed.json.bak',
  '12345_Processed.json',
  'processed.json',
  '.tgstore',
  'backups',
])('the name %j is that of no conversation', (name) => {
  expect(new StoreLayout('/store').parse(name)).toBeUndefined();
});

test('the unprocessed name is preferred to the processed one, whichever of them is raw', async () => {
  const bothNames = ['CHECK_BOTH_NAMES', 'CHECK_BOTH_NAMES', 'CHECK_BOTH_NAMES'] as const;
  await using store = await tempStore({ problems: bothNames });
  const { path, files } = store;
  const isRead = async () => (await files.loadConversation('Ann')).messages.get('1')?.text;
  const areListed = async () => (await files.listFiles()).map((file) => file.path);
  const order = [
    'Ann_processed.json',
    '~41nn_processed.json',
    'Ann_unprocessed.json',
    '~41nn_unprocessed.json',
  ];
  for (const name of order) {
    await store.put(name, {
      messages: { 1: { id: 1, text: name } },
      metadata: { conversation_id: 'Ann' },
    });
    expect(await isRead()).toBe(name);
    expect(await areListed()).toEqual([join(path, name)]);
  }
});
