import { once } from 'node:events';
import {
  appendFile,
  chmod,
  link,
  mkdir,
  rename,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { type FileSystem, nodeFileSystem, temporaryName } from '@tgstore/fs';
import { conversationChunks } from '@tgstore/schema';
import { runTypeScript, startTypeScript, tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { unguarded } from '../src/conversation-guard.ts';
import { type DirectoryEvent, watchDirectory } from '../src/directory-events.ts';
import { StoreDirectory } from '../src/store-directory.ts';
import { type WatchOptions, watchUnprocessed } from '../src/watch-unprocessed.ts';
import { collect } from './support/collect.ts';
import { conversation, messages } from './support/conversations.ts';
import { systemError, watching } from './support/faults.ts';
import { tempStore } from './support/store.ts';
import { counted, deaf, NO_RESCAN_MS, next, nextOf } from './support/watchers.ts';

function watchStore(
  path: string,
  options: WatchOptions = {},
  fileSystem: FileSystem = nodeFileSystem,
): AsyncGenerator<string> {
  const store = new StoreDirectory(path, { durability: 'relaxed', fileSystem, guard: unguarded });
  return watchUnprocessed(store, { debounceMs: 20, rescanMs: NO_RESCAN_MS, ...options });
}

function text(id: string, count = 1): string {
  return [...conversationChunks(conversation(id, messages(count)))].join('');
}

test('a watcher first gives the unprocessed conversations that are there, in the order of the list', async () => {
  await using store = await tempStore({ durability: 'relaxed' });
  for (const id of ['10', '3', '1', '2']) await store.files.saveConversation(conversation(id));
  await store.files.markAsProcessed('2');
  const ids = watchStore(store.path);
  expect(await nextOf(3, ids)).toEqual(['1', '3', '10']);
  await ids.return(undefined);
});

test('a conversation that comes by save, write, rename or link is given', async () => {
  await using store = await tempStore({ durability: 'relaxed' });
  await store.files.saveConversation(conversation('1'));
  const ids = watchStore(store.path);
  expect(await next(ids)).toBe('1');
  await store.files.saveConversation(conversation('2'));
  expect(await next(ids)).toBe('2');
  await store.put('3_unprocessed.json', text('3'));
  expect(await next(ids)).toBe('3');
  const other = await store.put('.other', text('4'));
  await rename(other, join(store.path, '4_unprocessed.json'));
  expect(await next(ids)).toBe('4');
  await store.put('.other', text('5'));
  await link(other, join(store.path, '5_unprocessed.json'));
  expect(await next(ids)).toBe('5');
  // what waits is woken as well
  const sixth = next(ids);
  await rename(other, join(store.path, '6_unprocessed.json'));
  expect(await sixth).toBe('6');
  await ids.return(undefined);
  // the link to 5 is no conversation 6
  await rm(join(store.path, '6_unprocessed.json'));
});

test('a change is given, whether the file is replaced or written in place; other events are not', async () => {
  await using store = await tempStore({ durability: 'relaxed' });
  const path = await store.files.saveConversation(conversation('1'));
  const ids = watchStore(store.path);
  expect(await next(ids)).toBe('1');
  await store.files.saveConversation(conversation('1', messages(2)), { force: true });
  expect(await next(ids)).toBe('1');
  await appendFile(path, '\n');
  expect(await next(ids)).toBe('1');
  await utimes(path, 1, 1);
  expect(await next(ids)).toBe('1');
  await chmod(path, 0o400);
  await utimes(path, 1, 1);
  await link(path, join(store.path, '.backup'));
  await store.files.saveConversation(conversation('2'));
  expect(await next(ids)).toBe('2');
  await ids.return(undefined);
  await chmod(path, 0o600);
});

test('a conversation that was processed meanwhile is given again when it is unprocessed again', async () => {
  await using store = await tempStore({ durability: 'relaxed' });
  await store.files.saveConversation(conversation('1'));
  const ids = watchStore(store.path);
  expect(await next(ids)).toBe('1');
  await store.files.markAsProcessed('1');
  await store.files.saveConversation(conversation('2'));
  expect(await next(ids)).toBe('2');
  await store.files.markAsUnprocessed('1');
  expect(await next(ids)).toBe('1');
  // there and back before the watcher has looked: inode, size and time are the same
  await store.files.markAsProcessed('1');
  await store.files.markAsUnprocessed('1');
  expect(await next(ids)).toBe('1');
  // processed before it is given
  await store.files.saveConversation(conversation('3'));
  await store.files.markAsProcessed('3');
  await store.files.saveConversation(conversation('4'));
  expect(await next(ids)).toBe('4');
  await ids.return(undefined);
});

test('temporary files, directories, links and everything else are not given', async () => {
  await using store = await tempStore({ durability: 'relaxed' });
  await store.files.saveConversation(conversation('1'));
  const ids = watchStore(store.path);
  expect(await next(ids)).toBe('1');
  const others = [
    await store.put(temporaryName(), text('5')),
    await store.put('5_unprocessed.json.tmp', text('5')),
    await store.put('.5_unprocessed.json', text('5')),
    await store.put('notes.json', '{}'),
    join(store.path, '6_unprocessed.json'),
    join(store.path, '7_unprocessed.json'),
  ];
  await mkdir(join(store.path, '6_unprocessed.json'));
  await symlink('1_unprocessed.json', join(store.path, '7_unprocessed.json'));
  await store.files.saveConversation(conversation('8'));
  expect(await next(ids)).toBe('8');
  const again = watchStore(store.path);
  expect(await nextOf(2, again)).toEqual(['1', '8']);
  await store.files.saveConversation(conversation('9'));
  expect(await next(again)).toBe('9');
  await Promise.all([ids.return(undefined), again.return(undefined)]);
  for (const path of others) await rm(path, { recursive: true });
});

test('a file that grows is given when it has come to rest, after those that rest', async () => {
  await using store = await tempStore({ durability: 'relaxed' });
  for (const id of ['1', '2']) await store.files.saveConversation(conversation(id));
  let looks = 0;
  const fileSystem = growing('1_unprocessed.json', () => {
    looks += 1;
    return Math.min(looks, 5);
  });
  const ids = watchStore(store.path, { debounceMs: 50 }, fileSystem);
  expect(await nextOf(2, ids)).toEqual(['2', '1']);
  // at 50, 100, … it had grown since the look before
  expect(looks).toBe(6);
  await ids.return(undefined);
});

test('a file that grows without an end is given after ten times the quiet time', async () => {
  await using store = await tempStore({ durability: 'relaxed' });
  await store.files.saveConversation(conversation('1'));
  let looks = 0;
  const fileSystem = growing('1_unprocessed.json', () => {
    looks += 1;
    return looks;
  });
  const ids = watchStore(store.path, { debounceMs: 50 }, fileSystem);
  const start = performance.now();
  expect(await next(ids)).toBe('1');
  expect(performance.now() - start).toBeGreaterThan(440);
  expect(looks).toBeLessThan(12);
  await ids.return(undefined);
});

test('conversations that another process saves are each given once', async () => {
  await using store = await tempStore({ durability: 'relaxed' });
  await store.files.saveConversation(conversation('1'));
  const ids = watchStore(store.path);
  expect(await next(ids)).toBe('1');
  const child = startTypeScript(new URL('support/save-many.ts', import.meta.url), {
    args: [store.path, '2', '200'],
  });
  const exit = once(child, 'exit');
  const given = await nextOf(200, ids);
  expect(new Set(given).size).toBe(200);
  expect(await exit).toEqual([0, null]);
  await store.files.saveConversation(conversation('0'));
  expect(await next(ids)).toBe('0');
  await ids.return(undefined);
});

test('2,000 conversations that come while the caller works are each given once', async () => {
  await using directory = await tempDirectory();
  await writeFile(join(directory.path, '0_unprocessed.json'), 'x');
  const ids = watchStore(directory.path);
  expect(await next(ids)).toBe('0');
  for (let id = 1; id <= 2000; id += 1) {
    await writeFile(join(directory.path, `${id}_unprocessed.json`), 'x');
  }
  const given = await nextOf(2000, ids);
  expect(new Set(given).size).toBe(2000);
  await writeFile(join(directory.path, 'z_unprocessed.json'), 'x');
  expect(await next(ids)).toBe('z');
  await ids.return(undefined);
});

test('what no event tells is found at the next rescan', async () => {
  await using store = await tempStore({ durability: 'relaxed' });
  await store.files.saveConversation(conversation('1'));
  const ids = watchStore(store.path, { watch: deaf, rescanMs: 30 });
  expect(await next(ids)).toBe('1');
  await store.files.saveConversation(conversation('2'));
  expect(await next(ids)).toBe('2');
  await store.files.saveConversation(conversation('1', messages(2)), { force: true });
  expect(await next(ids)).toBe('1');
  await store.files.markAsProcessed('1');
  await store.files.saveConversation(conversation('3'));
  expect(await next(ids)).toBe('3');
  await store.files.markAsUnprocessed('1');
  expect(await next(ids)).toBe('1');
  await ids.return(undefined);
});

test('an event without a name makes it look at all, at once', async () => {
  await using store = await tempStore({ durability: 'relaxed' });
  await store.files.saveConversation(conversation('1'));
  let tell: (event: DirectoryEvent) => void = () => {};
  const watch: typeof deaf = (_, onEvent) => {
    tell = onEvent;
    return { close() {} };
  };
  const ids = watchStore(store.path, { watch });
  expect(await next(ids)).toBe('1');
  await store.files.saveConversation(conversation('2'));
  tell({});
  expect(await next(ids)).toBe('2');
  await ids.return(undefined);
});

test('a scan that misses a name gives nothing twice', async () => {
  await using store = await tempStore({ durability: 'relaxed' });
  for (const id of ['1', '2']) await store.files.saveConversation(conversation(id));
  let scans = 0;
  const fileSystem = watching(({ name }) => {
    if (name === 'readdir') scans += 1;
    return name === 'readdir' && scans % 2 === 0
      ? async (real) => (await real(store.path)).filter((entry: string) => !entry.startsWith('1_'))
      : undefined;
  });
  const ids = watchStore(store.path, { watch: deaf, rescanMs: 20 }, fileSystem);
  expect(await nextOf(2, ids)).toEqual(['1', '2']);
  const third = next(ids);
  while (scans < 6) await new Promise((resolve) => setTimeout(resolve, 5));
  await store.files.saveConversation(conversation('3'));
  expect(await third).toBe('3');
  await ids.return(undefined);
});

test('where it can not watch it rescans, and tries to watch again', async () => {
  await using store = await tempStore({ durability: 'relaxed' });
  await store.files.saveConversation(conversation('1'));
  const { watch, open } = counted();
  let attempts = 0;
  const failing: typeof watch = (...args) => {
    attempts += 1;
    if (attempts < 3) throw systemError('ENOSPC', 'watch');
    return watch(...args);
  };
  const ids = watchStore(store.path, { watch: failing, rescanMs: 30 });
  expect(await next(ids)).toBe('1');
  const second = next(ids);
  while (attempts < 5) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(open()).toBe(1);
  await store.files.saveConversation(conversation('2'));
  expect(await second).toBe('2');
  await ids.return(undefined);
  expect(open()).toBe(0);
});

test('it waits for a store that does not exist yet, and survives that it is replaced', async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, 'a', 'chats');
  let rescans = 0;
  const watch: typeof watchDirectory = (...args) => {
    rescans += 1;
    return watchDirectory(...args);
  };
  const ids = watchStore(path, { watch, rescanMs: 30 });
  const first = next(ids);
  await mkdir(path, { recursive: true });
  await writeFile(join(path, '1_unprocessed.json'), 'x');
  expect(await first).toBe('1');
  await rename(path, join(directory.path, 'old'));
  await mkdir(path);
  await writeFile(join(path, '2_unprocessed.json'), 'x');
  expect(await next(ids)).toBe('2');
  await rm(path, { recursive: true });
  const third = next(ids);
  await mkdir(path);
  await writeFile(join(path, '3_unprocessed.json'), 'x');
  expect(await third).toBe('3');
  // away and back: nothing changed
  await rename(path, join(directory.path, 'away'));
  const fourth = next(ids);
  const until = rescans + 2;
  while (rescans < until) await new Promise((resolve) => setTimeout(resolve, 5));
  await rename(join(directory.path, 'away'), path);
  await writeFile(join(path, '4_unprocessed.json'), 'x');
  expect(await fourth).toBe('4');
  await ids.return(undefined);
});

test('leaving the loop and aborting close the watcher, at any time', async () => {
  await using store = await tempStore({ durability: 'relaxed' });
  await store.files.saveConversation(conversation('1'));
  const { watch, open } = counted();
  for await (const id of watchStore(store.path, { watch })) {
    expect([id, open()]).toEqual(['1', 1]);
    break;
  }
  expect(open()).toBe(0);
  // while it waits
  const waiting = new AbortController();
  const ids = watchStore(store.path, { watch, signal: waiting.signal });
  expect(await next(ids)).toBe('1');
  const end = ids.next();
  waiting.abort();
  expect(await end).toEqual({ done: true, value: undefined });
  expect(open()).toBe(0);
  // while the caller works, with more at hand
  await store.files.saveConversation(conversation('2'));
  const working = new AbortController();
  const given: string[] = [];
  for await (const id of watchStore(store.path, { watch, signal: working.signal })) {
    given.push(id);
    working.abort();
  }
  expect([given, open()]).toEqual([['1'], 0]);
  // before it begins
  expect(await collect(watchStore(store.path, { watch, signal: AbortSignal.abort() }))).toEqual([]);
});

test('an error of the disk ends it, and closes the watcher', async () => {
  await using store = await tempStore({ durability: 'relaxed' });
  await store.files.saveConversation(conversation('1'));
  const { watch, open } = counted();
  const fileSystem = watching(({ name, args }) => {
    if (name === 'lstat' && String(args[0]).endsWith('1_unprocessed.json'))
      throw systemError('EIO');
    return undefined;
  });
  const ids = watchStore(store.path, { watch }, fileSystem);
  await expect(ids.next()).rejects.toMatchObject({ code: 'EIO' });
  expect(open()).toBe(0);
});

test.each(['break', 'abort', 'drop'])('a process that watched exits by itself: %s', async (how) => {
  await using store = await tempStore({ durability: 'relaxed' });
  await store.files.saveConversation(conversation('1'));
  const args = ['unprocessed', store.path, how];
  const url = new URL('support/watch-until.ts', import.meta.url);
  expect(await runTypeScript(url, { args })).toBe('1');
});

/** The real file system, in which a file has as many bytes more as `more` says at each look. */
function growing(name: string, more: () => number): FileSystem {
  return watching((call) => {
    if (call.name !== 'lstat' || !String(call.args[0]).endsWith(name)) return undefined;
    return async (real) => {
      const stats = await real(...call.args);
      stats.size += BigInt(more());
      return stats;
    };
  });
}
