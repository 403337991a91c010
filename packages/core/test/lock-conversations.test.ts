import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LockError } from '@tgstore/lock';
import { startTypeScript } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import {
  breakConversationLock,
  type ConversationGuard,
  FileManager,
  listConversationLocks,
  lockConversations,
} from '../src/index.ts';
import { collect } from './support/collect.ts';
import { conversation, incoming, message, messages } from './support/conversations.ts';
import { conversationFiles, tempStore } from './support/store.ts';

const PROCESSES = 4;
const APPENDS = 25;

/** A process that has the lock of a conversation. */
async function hold(storageDir: string, id: string): Promise<ChildProcess> {
  const child = startTypeScript(new URL('support/hold-lock.ts', import.meta.url), {
    args: [storageDir, id],
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(child.stdout ?? child, 'data');
  return child;
}

/** Every change that a FileManager can make of conversation 1, which has two messages and is processed. */
const CHANGES: Record<string, (files: FileManager) => Promise<unknown>> = {
  save: (files) => files.saveConversation(conversation('1', messages(3)), { force: true }),
  unmark: (files) => files.markAsUnprocessed('1'),
  delete: (files) => files.deleteConversation('1'),
  import: async (files) => {
    await using staged = await files.stageImport(incoming({ id: '1', messages: messages(3) }));
    await staged.commit();
  },
};

async function tempProcessedStore() {
  const store = await tempStore();
  await store.files.saveConversation(conversation('1', messages(2)));
  await store.files.markAsProcessed('1');
  return store;
}

test(`${PROCESSES} processes that add to one conversation at once lose no message`, async () => {
  await using store = await tempStore();
  await store.files.saveConversation(conversation('1', []));
  const children = Array.from({ length: PROCESSES }, (_, index) =>
    startTypeScript(new URL('support/append-messages.ts', import.meta.url), {
      args: [store.path, '1', String(1 + index * APPENDS), String(APPENDS)],
    }),
  );
  const ends = await Promise.all(children.map((child) => once(child, 'exit')));
  expect(ends.map(([status]) => status)).toEqual(children.map(() => 0));
  const { messages: saved } = await store.files.loadConversation('1');
  expect(saved.size).toBe(PROCESSES * APPENDS);
});

test.each(Object.keys(CHANGES))(
  '%s waits for the process that has the conversation, and gives up naming it',
  async (name) => {
    await using store = await tempProcessedStore();
    const holder = await hold(store.path, '1');
    const before = await conversationFiles(store.path);
    const impatient = new FileManager({
      storageDir: store.path,
      guard: lockConversations(store.path, { timeoutMs: 50 }),
    });
    const refused = await CHANGES[name]?.(impatient).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(LockError);
    expect(refused).toMatchObject({
      code: 'LOCK_TIMEOUT',
      holders: [{ pid: holder.pid, operation: 'hold' }],
    });
    expect(await conversationFiles(store.path)).toEqual(before);
    expect((await store.files.loadConversation('1')).messages.size).toBe(2);

    const waitedFor: unknown[] = [];
    const patient = new FileManager({
      storageDir: store.path,
      guard: lockConversations(store.path, {
        onWait: (id, { pid }) => {
          waitedFor.push([id, pid]);
          holder.stdin?.end();
        },
      }),
    });
    await CHANGES[name]?.(patient);
    expect(waitedFor).toEqual([['1', holder.pid]]);
    expect(await conversationFiles(store.path)).not.toEqual(before);
  },
);

test.each(Object.keys(CHANGES))(
  '%s changes nothing that others see once its lock is lost',
  async (name) => {
    await using store = await tempProcessedStore();
    const before = await conversationFiles(store.path);
    const lost: ConversationGuard = async (id, _operation, change) =>
      await change({
        assertHeld() {
          throw new LockError('LOCK_LOST', id, 'lost');
        },
      });
    const files = new FileManager({ storageDir: store.path, guard: lost });
    await expect(CHANGES[name]?.(files)).rejects.toMatchObject({ code: 'LOCK_LOST' });
    expect(await conversationFiles(store.path)).toEqual(before);
    expect((await store.files.loadConversation('1')).messages.size).toBe(2);
  },
);

test('a lock that is lost while the content is written leaves the old content', async () => {
  await using store = await tempProcessedStore();
  let checks = 0;
  const guard: ConversationGuard = async (id, _operation, change) =>
    await change({
      assertHeld() {
        checks += 1;
        if (checks === 2) throw new LockError('LOCK_LOST', id, 'lost');
      },
    });
  const files = new FileManager({ storageDir: store.path, guard });
  await expect(CHANGES.save?.(files)).rejects.toMatchObject({ code: 'LOCK_LOST' });
  expect((await store.files.loadConversation('1')).messages.size).toBe(2);
});

test('reading takes no lock', async () => {
  await using store = await tempProcessedStore();
  const guard: ConversationGuard = () => {
    throw new Error('a lock was taken');
  };
  const files = new FileManager({ storageDir: store.path, guard });
  await files.loadConversation('1');
  await files.readMetadata('1');
  await files.getFetchCursor('1');
  await files.listConversations();
  await files.getConversationStats();
  await collect(files.readMessages('1'));
  await collect(files.listMetadata());
  await collect(files.check());
  await using staged = await files.stageImport(incoming({ id: '1', messages: messages(2) }));
  await staged.commit();
});

test('an import that is overtaken by another process is refused, and runs again', async () => {
  await using store = await tempStore();
  const options = { storageDir: store.path, guard: lockConversations(store.path) };
  const [one, other] = [new FileManager(options), new FileManager(options)];
  await one.saveConversation(conversation('1', messages(1)));
  await using first = await one.stageImport(incoming({ id: '1', messages: [message(2)] }));
  await using second = await other.stageImport(incoming({ id: '1', messages: [message(3)] }));
  await second.commit();
  await expect(first.commit()).rejects.toMatchObject({ code: 'STORE_CHANGED' });
  await using again = await one.stageImport(incoming({ id: '1', messages: [message(2)] }));
  await again.commit();
  expect((await one.loadConversation('1')).messages.size).toBe(3);
});

test('locks are listed by conversation whatever its status, and broken by force', async () => {
  await using store = await tempProcessedStore();
  expect(await listConversationLocks(store.path)).toEqual([]);
  const holder = await hold(store.path, '1');
  expect(await listConversationLocks(store.path)).toMatchObject([
    { id: '1', state: 'held', kind: 'exclusive', pid: holder.pid, operation: 'hold' },
  ]);
  await expect(breakConversationLock(store.path, '1')).rejects.toMatchObject({
    code: 'LOCK_ALIVE',
  });
  const broken = await breakConversationLock(store.path, '1', { force: true });
  expect(broken).toMatchObject([{ id: '1', pid: holder.pid }]);
  const guard = lockConversations(store.path, { timeoutMs: 0 });
  await guard('1', 'test', async () => {});
  holder.stdin?.end();
});

test('the lock of a killed process is taken over', async () => {
  await using store = await tempProcessedStore();
  const holder = await hold(store.path, '1');
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  const guard = lockConversations(store.path, { timeoutMs: 0 });
  await new FileManager({ storageDir: store.path, guard }).markAsUnprocessed('1');
});

test('a thousand conversations leave a few files behind their locks', async () => {
  await using store = await tempStore({ durability: 'relaxed' });
  const files = new FileManager({
    storageDir: store.path,
    durability: 'relaxed',
    guard: lockConversations(store.path),
  });
  for (let id = 1; id <= 1000; id += 1) await files.saveConversation(conversation(String(id), []));
  const left = await readdir(join(store.path, '.tgstore', 'locks'), { recursive: true });
  // sixteen queues with two files each, and the presence of this process
  expect(left.length).toBeLessThanOrEqual(16 * 3 + 1);
});
