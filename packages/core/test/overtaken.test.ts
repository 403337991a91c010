// Without a lock a file can get another name, or go, between the look at its name and the next call.
import { rename, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import type { WatchedCall } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { EnhancedFileManager } from '../src/index.ts';
import { conversation, incoming, messages } from './support/conversations.ts';
import { watching } from './support/faults.ts';
import { tempStore } from './support/store.ts';

const MARKED = (path: string) => rename(path, path.replace('unprocessed', 'processed'));
const DELETED = (path: string) => rm(path);

/** The real file system; once, right before a call on the unprocessed file of conversation 1, it is changed. */
function overtaking(change: (path: string) => Promise<void>, is: (call: WatchedCall) => boolean) {
  let isDone = false;
  return watching(async (call) => {
    const path = String(call.args[0]);
    if (isDone || basename(path) !== '1_unprocessed.json' || !is(call)) return undefined;
    isDone = true;
    await change(path);
    return undefined;
  });
}

const opening = ({ name }: WatchedCall) => name === 'open';
const comparing = ({ name, args }: WatchedCall) =>
  name === 'lstat' && (args[1] as { bigint?: boolean } | undefined)?.bigint === true;

test.each([
  ['marked', MARKED, { isNew: false, added: 1, unchanged: 2 }, 3],
  ['deleted', DELETED, { isNew: true, added: 3 }, 3],
] as const)(
  'a conversation that is %s while an import is compared with it',
  async (_, change, expected, count) => {
    await using store = await tempStore();
    await store.enhanced.saveConversation(conversation('1', messages(2)));
    const fileSystem = overtaking(change, opening);
    const files = new EnhancedFileManager({ storageDir: store.path, fileSystem });
    await using staged = await files.stageImport(incoming({ id: '1', messages: messages(3) }));
    expect(staged.conversations).toMatchObject([expected]);
    await staged.commit();
    expect((await files.loadConversation('1')).messages.size).toBe(count);
  },
);

test.each([
  ['marked', MARKED, 'processed'],
  ['deleted', DELETED, 'unprocessed'],
] as const)(
  'a conversation that is %s while an import that changes nothing is committed',
  async (_, change, status) => {
    await using store = await tempStore();
    await store.enhanced.saveConversation(conversation('1', messages(2)));
    const fileSystem = overtaking(change, comparing);
    const files = new EnhancedFileManager({ storageDir: store.path, fileSystem });
    await using staged = await files.stageImport(incoming({ id: '1', messages: messages(2) }));
    expect([...(await staged.commit()).keys()]).toEqual(['1']);
    expect((await files.loadConversation('1')).messages.size).toBe(2);
    expect(await files.listFiles()).toMatchObject([{ id: '1', status }]);
  },
);

test.each([
  ['marked', MARKED, 'existing'],
  ['deleted', DELETED, 'restored'],
] as const)('a conversation that is %s while a restore is previewed', async (_, change, result) => {
  await using store = await tempStore();
  await store.enhanced.saveConversation(conversation('1', messages(2)));
  const { id } = await store.enhanced.createManualBackup();
  const fileSystem = overtaking(change, opening);
  const files = new EnhancedFileManager({ storageDir: store.path, fileSystem });
  const { items } = await files.restoreBackup(id, { dryRun: true });
  expect(items).toMatchObject([{ id: '1', result }]);
});

test.each([
  ['marked', MARKED, '2'],
  ['deleted', DELETED, undefined],
] as const)(
  'a conversation that is %s while somebody asks for its last message',
  async (_, change, last) => {
    await using store = await tempStore();
    await store.enhanced.saveConversation(conversation('1', messages(2)));
    const fileSystem = overtaking(change, opening);
    const files = new EnhancedFileManager({ storageDir: store.path, fileSystem });
    expect((await files.getFetchCursor('1'))?.lastMessageId).toBe(last);
  },
);
