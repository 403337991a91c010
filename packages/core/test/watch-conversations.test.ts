import { rename, rm } from 'node:fs/promises';
import { nodeFileSystem } from '@tgstore/fs';
import { expect, test } from 'vitest';
import { unguarded } from '../src/conversation-guard.ts';
import { StoreDirectory } from '../src/store-directory.ts';
import {
  type ConversationEvent,
  type WatchConversationsOptions,
  watchConversations,
} from '../src/watch-conversations.ts';
import { conversation, messages } from './support/conversations.ts';
import { type TempStore, tempStore } from './support/store.ts';
import { counted, deaf, NO_RESCAN_MS, next, nextOf } from './support/watchers.ts';

interface Watching {
  readonly events: AsyncGenerator<ConversationEvent>;
  readonly first: Promise<IteratorResult<ConversationEvent>>;
}

/** Resolves when everything that changes from then on is given; the first event is waited for already. */
async function watchStore(
  { path }: TempStore,
  options: WatchConversationsOptions = {},
): Promise<Watching> {
  const fileSystem = nodeFileSystem;
  const store = new StoreDirectory(path, { durability: 'relaxed', fileSystem, guard: unguarded });
  const ready = resolvers();
  const events = watchConversations(store, {
    debounceMs: 20,
    rescanMs: NO_RESCAN_MS,
    onReady: ready.resolve,
    ...options,
  });
  const first = events.next();
  await ready.promise;
  return { events, first };
}

function resolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** `12 processed`, `12 gone` */
function tell({ id, file }: ConversationEvent): string {
  return `${id} ${file?.status ?? 'gone'}`;
}

test('what is there is not given; what comes, changes, changes its status or goes is', async () => {
  await using store = await tempStore({ durability: 'relaxed' });
  for (const id of ['1', '2']) await store.files.saveConversation(conversation(id));
  await store.files.markAsProcessed('2');
  const { events, first } = await watchStore(store);
  const path = await store.files.saveConversation(conversation('3'));
  const { value } = await first;
  expect(value).toEqual({
    id: '3',
    file: { id: '3', status: 'unprocessed', path, canonical: true },
  });
  await store.files.saveConversation(conversation('1', messages(2)), { force: true });
  expect(tell(await next(events))).toBe('1 unprocessed');
  await store.files.markAsProcessed('1');
  expect(tell(await next(events))).toBe('1 processed');
  await store.files.markAsUnprocessed('2');
  expect(tell(await next(events))).toBe('2 unprocessed');
  await store.files.deleteConversation('2');
  expect(tell(await next(events))).toBe('2 gone');
  await store.files.saveConversation(conversation('2'));
  expect(tell(await next(events))).toBe('2 unprocessed');
  await events.return(undefined);
});

test('of several changes in a row the last one counts; what came and went meanwhile is not given', async () => {
  await using store = await tempStore({ durability: 'relaxed' });
  await store.files.saveConversation(conversation('1'));
  const { events, first } = await watchStore(store, { debounceMs: 200 });
  await store.files.saveConversation(conversation('2'));
  await store.files.deleteConversation('2');
  await store.files.markAsProcessed('1');
  await store.files.deleteConversation('1');
  await store.files.saveConversation(conversation('3'));
  const { value } = await first;
  const told = [tell(value), tell(await next(events))];
  expect(told.sort()).toEqual(['1 gone', '3 unprocessed']);
  await events.return(undefined);
});

test('changes of which no event came are found by a rescan, those of the status too', async () => {
  await using store = await tempStore({ durability: 'relaxed' });
  for (const id of ['1', '2', '3']) await store.files.saveConversation(conversation(id));
  const { events, first } = await watchStore(store, { watch: deaf, rescanMs: 50 });
  await store.files.markAsProcessed('1');
  expect(tell((await first).value)).toBe('1 processed');
  await store.files.deleteConversation('2');
  expect(tell(await next(events))).toBe('2 gone');
  await rename(store.path, `${store.path}-away`);
  const gone = await nextOf(2, events);
  expect(gone.map(tell).sort()).toEqual(['1 gone', '3 gone']);
  await rename(`${store.path}-away`, store.path);
  const back = await nextOf(2, events);
  expect(back.map(tell).sort()).toEqual(['1 processed', '3 unprocessed']);
  await events.return(undefined);
});

test('an aborted watcher ends, and closes what it opened', async () => {
  await using store = await tempStore({ durability: 'relaxed' });
  await store.files.saveConversation(conversation('1'));
  const { watch, open } = counted();
  const stop = new AbortController();
  const { first } = await watchStore(store, { watch, signal: stop.signal });
  expect(open()).toBe(1);
  stop.abort();
  expect(await first).toEqual({ done: true, value: undefined });
  expect(open()).toBe(0);
});

test('other files are not given', async () => {
  await using store = await tempStore({ durability: 'relaxed' });
  await store.files.saveConversation(conversation('0'));
  const { events, first } = await watchStore(store);
  const other = await store.put('notes.json', '{}');
  await store.files.saveConversation(conversation('1'));
  expect(tell((await first).value)).toBe('1 unprocessed');
  await events.return(undefined);
  await rm(other);
});
