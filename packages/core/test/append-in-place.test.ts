import { constants } from 'node:fs';
import { appendFile, link, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { appendTail, isTemporaryName, nodeFileSystem } from '@tgstore/fs';
import type { Message } from '@tgstore/schema';
import { expect, test } from 'vitest';
import { ChangeCounter } from '../src/change-log.ts';
import { ConversationFile } from '../src/conversation-file.ts';
import { unguarded } from '../src/conversation-guard.ts';
import { findSplices } from '../src/find-splices.ts';
import { EnhancedFileManager, FileManager } from '../src/index.ts';
import { spliceMessages } from '../src/line-changes.ts';
import { StoreDirectory } from '../src/store-directory.ts';
import { watchUnprocessed } from '../src/watch-unprocessed.ts';
import { conversation, message, messages } from './support/conversations.ts';
import { systemError, watching } from './support/faults.ts';
import { large, metered, openInPlace, stopping } from './support/in-place.ts';
import { errorsOf, findings, type TempStore, tempStore } from './support/store.ts';
import { NO_RESCAN_MS, next } from './support/watchers.ts';

const FILE = '1_unprocessed.json';

async function storeWith(content = large()): Promise<TempStore> {
  const dir = await tempStore({ durability: 'relaxed' });
  await dir.files.saveConversation(content);
  return dir;
}

const inodeOf = async (dir: TempStore, name = FILE): Promise<number> =>
  (await stat(join(dir.path, name))).ino;

/** What an append of one message reads and writes, once the store is looked at. */
async function costOf(dir: TempStore): Promise<{ read: number; written: number }> {
  const { fileSystem, bytes } = metered();
  const store = openInPlace(dir.path, { fileSystem });
  await store.deleteMessages('1', []);
  const before = { ...bytes };
  const { message_count } = await dir.files.readMetadata('1');
  const change = await store.appendMessages('1', [message(Number(message_count) + 1)]);
  expect(change).toMatchObject({ added: 1, edited: 0, unchanged: message_count });
  return { read: bytes.read - before.read, written: bytes.written - before.written };
}

test('what an append costs does not depend on the size of the file', async () => {
  const costs: { read: number; written: number }[] = [];
  for (const count of [1000, 20_000]) {
    await using dir = await storeWith(large(count));
    const { ino, size } = await stat(join(dir.path, FILE));
    expect(size).toBeGreaterThan(count * 1000);
    costs.push(await costOf(dir));
    expect(await inodeOf(dir)).toBe(ino);
    expect((await dir.files.readMetadata('1')).message_count).toBe(count + 1);
  }
  const [small, big] = costs as [(typeof costs)[0], (typeof costs)[0]];
  // the undo record begins where a page does
  expect(Math.abs(big.read - small.read)).toBeLessThan(10_000);
  expect(Math.abs(big.written - small.written)).toBeLessThan(10_000);
  expect(Math.max(big.read, big.written)).toBeLessThan(100_000);
});

test('an edit of one old message of a large file copies the rest, and parses none of it', async () => {
  await using dir = await storeWith(large(20_000));
  const { size, ino } = await stat(join(dir.path, FILE));
  const { fileSystem, bytes } = metered();
  const store = openInPlace(dir.path, { fileSystem });
  await store.deleteMessages('1', []);
  // no JSON, in a line that is of no concern
  const path = join(dir.path, FILE);
  const spoil = async (from: string, to: string) =>
    writeFile(path, (await readFile(path, 'latin1')).replace(from, to), 'latin1');
  await spoil('"15000":{"id"', '"15000":]"id"');
  Object.assign(bytes, { read: 0, written: 0 });
  const edit = message(7000, { text: 'edited', edit_date: '2025-01-01T00:00:00Z' });
  expect(await store.appendMessages('1', [edit])).toMatchObject({ edited: 1, unchanged: 19_999 });
  expect(await inodeOf(dir)).not.toBe(ino);
  expect(bytes.read / size).toBeLessThan(1.05);
  expect(bytes.written / size).toBeLessThan(1.05);
  await spoil('"15000":]"id"', '"15000":{"id"');
  expect((await dir.files.loadConversation('1')).messages.get('7000')?.text).toBe('edited');
});

test('a file below the threshold is written anew, and no threshold is below 256 KiB', async () => {
  await using dir = await storeWith(large(300));
  const first = await inodeOf(dir);
  await openInPlace(dir.path, { appendInPlaceFrom: 1024 * 1024 }).appendMessages('1', [
    message(301),
  ]);
  const second = await inodeOf(dir);
  expect(second).not.toBe(first);
  // 1 MiB unless it is said
  await dir.enhanced.appendMessages('1', [message(302)]);
  const third = await inodeOf(dir);
  expect(third).not.toBe(second);
  await openInPlace(dir.path).appendMessages('1', [message(303)]);
  expect(await inodeOf(dir)).toBe(third);
  await openInPlace(dir.path).saveConversation(large(200), { force: true });
  const small = await inodeOf(dir);
  await openInPlace(dir.path).appendMessages('1', [message(201)]);
  expect(await inodeOf(dir)).not.toBe(small);
});

test('a file with another name is replaced, and the other name keeps what it was', async () => {
  await using dir = await storeWith();
  const other = join(dir.path, 'backups', 'other.json');
  await openInPlace(dir.path).createManualBackup();
  await link(join(dir.path, FILE), other);
  const before = await readFile(other, 'utf8');
  await openInPlace(dir.path).appendMessages('1', [message(301)]);
  expect(await readFile(other, 'utf8')).toBe(before);
  expect(await inodeOf(dir)).not.toBe((await stat(other)).ino);
  expect((await dir.files.loadConversation('1')).messages.size).toBe(301);
});

test('what another program writes between the look and the write stays, and the append is refused', async () => {
  await using dir = await storeWith();
  const path = join(dir.path, FILE);
  const theirs = Buffer.from((await readFile(path, 'utf8')).replace('message 5 ', 'MESSAGE 5 '));
  let isDone = false;
  const fileSystem = watching(async ({ name, args }) => {
    const isToWrite =
      name === 'open' && args[0] === path && (Number(args[1]) & constants.O_RDWR) > 0;
    if (isDone || !isToWrite) return undefined;
    isDone = true;
    await writeFile(path, theirs);
    return undefined;
  });
  const store = openInPlace(dir.path, { fileSystem });
  const append = store.appendMessages('1', [message(301)]);
  await expect(append).rejects.toMatchObject({ code: 'STORE_CHANGED', path });
  expect((await readFile(path)).equals(theirs)).toBe(true);
  expect((await readdir(dir.path)).filter((name) => name.endsWith('.undo'))).toEqual([]);
  await store.appendMessages('1', [message(301)]);
  const { messages: now } = await dir.files.loadConversation('1');
  expect([now.size, now.get('5')?.text?.slice(0, 9)]).toEqual([301, 'MESSAGE 5']);
});

test('a processed conversation is unprocessed before its bytes change, and knows what was processed', async () => {
  await using dir = await storeWith();
  await dir.enhanced.markAsProcessed('1');
  const ino = await inodeOf(dir, '1_processed.json');
  const names: string[][] = [];
  const fileSystem = stopping(async ({ call }) => {
    const isTail = call.name === 'unlink' && String(call.args[0]).endsWith('.undo');
    if (isTail)
      names.push(await dir.files.listFiles().then((all) => all.map(({ path }) => basename(path))));
    return undefined;
  });
  const store = openInPlace(dir.path, { fileSystem });
  const change = await store.appendMessages('1', [message(301)]);
  expect(change).toMatchObject({ status: 'unprocessed', added: 1 });
  expect(names).toEqual([[FILE]]);
  expect(await inodeOf(dir)).toBe(ino);
  const ids: unknown[] = [];
  await store.processAllUnprocessed(async (inHand) => {
    for await (const { id } of inHand.changedMessages()) ids.push(id);
  });
  expect(ids).toEqual([301]);
});

test('other metadata of a large processed conversation are written in place, and it stays processed', async () => {
  await using dir = await storeWith();
  await dir.enhanced.markAsProcessed('1');
  const ino = await inodeOf(dir, '1_processed.json');
  const store = openInPlace(dir.path);
  const change = await store.mergeConversation(
    conversation('1', [], { name: 'short', last_message_date: '2030-01-01T00:00:00Z' }),
  );
  expect(change).toMatchObject({ status: 'processed', added: 0, edited: 0, unchanged: 300 });
  expect(await inodeOf(dir, '1_processed.json')).toBe(ino);
  expect((await dir.files.readMetadata('1')).name).toBe('short');
  await store.markAsUnprocessed('1');
  await store.markAsProcessed('1');
  expect([...(await store.processAllUnprocessed(async () => {})).keys()]).toEqual([]);
});

test('metadata beyond 512 KiB are not kept in an undo record: the file is replaced', async () => {
  await using dir = await storeWith(large(300, { name: 'n'.repeat(600_000) }));
  const ino = await inodeOf(dir);
  await openInPlace(dir.path).appendMessages('1', [message(301)]);
  expect(await inodeOf(dir)).not.toBe(ino);
  expect((await dir.files.loadConversation('1')).messages.size).toBe(301);
});

/** Whether the messages would be added by splices. */
async function isSpliced(dir: TempStore, more: readonly Message[]): Promise<boolean> {
  await using file = await ConversationFile.open(join(dir.path, FILE));
  const map = new Map(more.map((one) => [String(one.id), one]));
  const { changes } = await spliceMessages(file, map);
  return (await findSplices(file, changes, new ChangeCounter())) !== undefined;
}

test.each([
  [
    'a last id that is not that of the last message',
    '"last_message_id":300',
    '"last_message_id":299',
  ],
  ['no count', '"message_count":300,', ''],
  ['no latest date', /"last_message_date":"[^"]*",/, ''],
  ['a last message that is no JSON of ours', '"300":{"id":300', '"300":{"id":301'],
])('where the metadata have %s, the file is written anew', async (_, from, to) => {
  await using dir = await storeWith();
  const path = join(dir.path, FILE);
  expect(await isSpliced(dir, [message(301)])).toBe(true);
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace(from, to));
  expect(await isSpliced(dir, [message(301)])).toBe(false);
  if (to === '"300":{"id":301') {
    await writeFile(path, text);
    return;
  }
  const { ino } = await stat(path);
  await openInPlace(dir.path).appendMessages('1', [message(301)]);
  expect((await stat(path)).ino).not.toBe(ino);
  expect(await dir.files.readMetadata('1')).toMatchObject({
    message_count: 301,
    last_message_id: 301,
  });
});

test('where the latest date may be that of another message now, the file is written anew', async () => {
  await using dir = await storeWith();
  const { last_message_date: latest = '' } = await dir.files.readMetadata('1');
  const edited = { text: 'x', edit_date: '2025-01-01T00:00:00Z' };
  const earlier = { ...edited, date: '2020-01-01T00:00:00Z' };
  const inOtherWords = { text: 'x', date: `${latest?.slice(0, -1)}.0Z` };
  expect(await isSpliced(dir, [message(300, edited)])).toBe(true);
  expect(await isSpliced(dir, [message(299, earlier)])).toBe(true);
  expect(await isSpliced(dir, [message(300, earlier)])).toBe(false);
  expect(await isSpliced(dir, [message(0, inOtherWords)])).toBe(false);
  expect(await isSpliced(dir, [message(301, inOtherWords)])).toBe(true);
  expect(await isSpliced(dir, messages(20))).toBe(false);
  await openInPlace(dir.path).appendMessages('1', [message(300, earlier)]);
  expect((await dir.files.readMetadata('1')).last_message_date).toBe(message(299).date);
});

test('the undo record of another file harms nobody, and is moved away by the next change', async () => {
  await using dir = await storeWith();
  const path = join(dir.path, FILE);
  const undoPath = join(dir.path, '.1.undo');
  const other = await dir.put('other', 'y'.repeat(300_000));
  const stays = watching(({ name }) => {
    if (name === 'unlink') throw systemError('EIO', 'unlink');
    return undefined;
  });
  await appendTail(other, 'z', { from: 290_000, undoPath, fileSystem: stays }).catch(() => {});
  const record = await readFile(undoPath);
  const before = await readFile(path, 'utf8');
  expect((await dir.files.loadConversation('1')).messages.size).toBe(300);
  const { store, told } = telling(dir);
  await store.appendMessages('1', [message(301)]);
  expect(told).toEqual([
    'an append was interrupted; its undo record does not fit the file, and was moved to quarantine',
  ]);
  expect((await readFile(path, 'utf8')).slice(0, 290_000)).toBe(before.slice(0, 290_000));
  expect((await dir.files.loadConversation('1')).messages.size).toBe(301);
  const quarantine = join(dir.path, '.tgstore', 'quarantine');
  const [name = ''] = await readdir(quarantine);
  expect((await readFile(join(quarantine, name))).equals(record)).toBe(true);
});

// who looks from outside

/** A manager, and what it tells its logger. */
function telling({ path: storageDir }: TempStore): { store: EnhancedFileManager; told: string[] } {
  const told: string[] = [];
  const tell = (_: object, text: string) => void told.push(text);
  const logger = { debug: tell, info: tell, warn: tell, error: tell };
  return { store: new EnhancedFileManager({ storageDir, logger }), told };
}

test('what the first change mends is told once it is done', async () => {
  await using dir = await storeWith();
  await dir.put('.1.undo', 'torn');
  await dir.files.saveConversation(conversation('3'));
  await dir.put('3_processed.json', await readFile(join(dir.path, '3_unprocessed.json')));
  const { store, told } = telling(dir);
  await store.saveConversation(conversation('2'));
  expect(told.sort()).toEqual([
    'an append was interrupted; it is mended',
    'the conversation stood under several names; it is mended',
  ]);
});

test('an append in progress is none that was interrupted, as long as its process lives', async () => {
  await using dir = await storeWith();
  const { store: other, told } = telling(dir);
  let looks = 0;
  const fileSystem = stopping(async () => {
    if (!(await readdir(dir.path)).includes('.1.undo')) return undefined;
    looks += 1;
    expect(await errorsOf(dir.path)).toEqual([]);
    expect((await other.inspect()).names.interruptedAppends).toBe(0);
    // the first change of a manager mends; of what goes on it need not wait
    if (looks === 3) await other.saveConversation(conversation('2'));
    return undefined;
  });
  await openInPlace(dir.path, { fileSystem }).appendMessages('1', [message(301)]);
  expect(looks).toBeGreaterThan(3);
  expect(told).toEqual([]);
});

test('one that a dead process left is told, until it is taken back', async () => {
  await using dir = await storeWith();
  const path = join(dir.path, FILE);
  const before = await readFile(path, 'utf8');
  let isWritten = false;
  const fileSystem = stopping(async ({ call, isMiddle }) => {
    isWritten ||= isMiddle && Number(call.args[3]) > 200_000;
    return isWritten ? 'die' : undefined;
  });
  await openInPlace(dir.path, { fileSystem })
    .appendMessages('1', [message(301)])
    .catch(() => {});
  expect(isWritten).toBe(true);
  expect((await errorsOf(dir.path)).map(({ code }) => code)).toEqual(['CHECK_INTERRUPTED_APPEND']);
  expect((await dir.enhanced.inspect()).names.interruptedAppends).toBe(1);
  const plain = new FileManager({ storageDir: dir.path });
  await expect(plain.markAsProcessed('1')).rejects.toMatchObject({ code: 'STORE_NEEDS_RECOVERY' });
  await dir.enhanced.deleteMessages('1', []);
  expect(await readFile(path, 'utf8')).toBe(before);
  expect(await findings(dir.path)).toEqual([]);
});

test('a watcher gives a conversation again when what it gave is valid at last', async () => {
  await using dir = await storeWith();
  const watched = new StoreDirectory(dir.path, {
    durability: 'relaxed',
    fileSystem: nodeFileSystem,
    guard: unguarded,
  });
  const ids = watchUnprocessed(watched, { debounceMs: 20, rescanMs: NO_RESCAN_MS });
  expect(await next(ids)).toBe('1');
  const count = async () => (await dir.files.readMetadata('1')).message_count;
  const fileSystem = stopping(async ({ call }) => {
    if (call.name !== 'unlink' || !String(call.args[0]).endsWith('.undo')) return undefined;
    // all is written, and readers do not see it yet
    expect(await next(ids)).toBe('1');
    expect(await count()).toBe(300);
    return undefined;
  });
  await openInPlace(dir.path, { fileSystem }).appendMessages('1', [message(301)]);
  expect(await next(ids)).toBe('1');
  expect(await count()).toBe(301);
  await ids.return(undefined);
});

test('a file that grows by other hands is no append of ours', async () => {
  await using dir = await storeWith();
  const path = join(dir.path, FILE);
  await appendFile(path, ' \n');
  await openInPlace(dir.path).appendMessages('1', [message(301)]);
  expect((await dir.files.loadConversation('1')).messages.size).toBe(301);
  expect((await readdir(dir.path)).filter(isTemporaryName)).toEqual([]);
});
