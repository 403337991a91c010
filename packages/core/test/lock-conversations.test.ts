import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LockError } from '@tgstore/lock';
import { startTypeScript } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import {
  breakConversationLock,
  EnhancedFileManager,
  type EnhancedFileManagerOptions,
  listConversationLocks,
} from '../src/index.ts';
import { lockConversations } from '../src/lock-conversations.ts';
import { collect } from './support/collect.ts';
import { conversation, incoming, message, messages } from './support/conversations.ts';
import { watching } from './support/faults.ts';
import { conversationFiles, recordsOf, type TempStore, tempStore } from './support/store.ts';

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

interface Change {
  run(files: EnhancedFileManager): Promise<unknown>;
  /** How many messages there are afterwards; `undefined` for none, and no conversation. */
  readonly after: number | undefined;
  /** @default 'processed' */
  readonly from?: 'unprocessed';
}

/** Every change that can be made of conversation 1, which has two messages. */
const CHANGES: Record<string, Change> = {
  save: {
    run: (files) => files.saveConversation(conversation('1', messages(3)), { force: true }),
    after: 3,
  },
  append: { run: (files) => files.appendMessages('1', messages([3, 4])), after: 4 },
  merge: { run: (files) => files.mergeConversation(conversation('1', messages(5))), after: 5 },
  'delete-messages': { run: (files) => files.deleteMessages('1', [2]), after: 2 },
  mark: { run: (files) => files.markAsProcessed('1'), after: 2, from: 'unprocessed' },
  unmark: { run: (files) => files.markAsUnprocessed('1'), after: 2 },
  delete: { run: (files) => files.deleteConversation('1'), after: undefined },
  import: {
    run: async (files) => {
      await using staged = await files.stageImport(incoming({ id: '1', messages: messages(3) }));
      await staged.commit();
    },
    after: 3,
  },
  restore: {
    run: async (files) => {
      const [backup] = (await files.listBackups()).backups;
      await files.restoreBackup(backup?.id ?? '', { overwrite: true });
    },
    after: 1,
  },
};

/** Conversation 1 with two messages, and a backup of it from when it had one. */
async function tempPreparedStore({ from }: Partial<Change> = {}) {
  const store = await tempStore({ durability: 'relaxed' });
  await store.enhanced.saveConversation(conversation('1', messages(1)));
  await store.enhanced.createManualBackup();
  await store.enhanced.appendMessages('1', [message(2)]);
  await store.enhanced.markAsProcessed('1');
  if (from === 'unprocessed') await store.enhanced.markAsUnprocessed('1');
  return store;
}

const managerOf = ({ path }: TempStore, options: Partial<EnhancedFileManagerOptions> = {}) =>
  new EnhancedFileManager({ storageDir: path, durability: 'relaxed', ...options });

/** All that others see of a store. */
async function stateOf({ path, files }: TempStore): Promise<unknown> {
  const names = await conversationFiles(path);
  const all = names.length === 0 ? [] : await collect(files.readMessages('1'));
  return { names, messages: all, records: await recordsOf(path) };
}

/** A manager whose lock is broken by force right before the n-th call that it makes under the lock. */
function losing(store: TempStore, at: number): { files: EnhancedFileManager; isLost(): boolean } {
  let held = 0;
  let isLost = false;
  const fileSystem = watching(async () => {
    if (isLost) return undefined;
    const holders = await listConversationLocks(store.path);
    if (holders.length === 0) return undefined;
    held += 1;
    if (held < at) return undefined;
    isLost = true;
    await breakConversationLock(store.path, '1', { force: true });
    return undefined;
  });
  return { files: managerOf(store, { fileSystem }), isLost: () => isLost };
}

test(`${PROCESSES} processes that add to one conversation at once lose no message`, async () => {
  await using store = await tempStore();
  await store.enhanced.saveConversation(conversation('1', []));
  const children = Array.from({ length: PROCESSES }, (_, index) =>
    startTypeScript(new URL('support/append-messages.ts', import.meta.url), {
      args: [store.path, '1', String(1 + index * APPENDS), String(APPENDS)],
    }),
  );
  const ends = await Promise.all(children.map((child) => once(child, 'exit')));
  expect(ends.map(([status]) => status)).toEqual(children.map(() => 0));
  const { messages: saved, metadata } = await store.files.loadConversation('1');
  expect(saved.size).toBe(PROCESSES * APPENDS);
  expect(metadata.revision).toBe(1 + PROCESSES * APPENDS);
  // and every one of them is in the log
  const changes = await store.enhanced.changes('1', { sinceRevision: 1 });
  expect(changes.everything).toBe(false);
  expect([...saved.keys()].filter((key) => !changes.includes(key))).toEqual([]);
});

test('changes that one process begins at once lose nothing', async () => {
  await using store = await tempPreparedStore();
  const managers = [store.enhanced, managerOf(store)];
  const ids = Array.from({ length: 20 }, (_, index) => index + 3);
  await Promise.all(
    ids.map((id, index) => managers[index % 2]?.appendMessages('1', [message(id)])),
  );
  expect((await store.files.loadConversation('1')).messages.size).toBe(22);
  expect(await store.files.listConversations({ processed: true })).toEqual([]);
});

test.each(Object.entries(CHANGES))(
  '%s waits for the process that has the conversation, and gives up naming it',
  async (_name, change) => {
    await using store = await tempPreparedStore(change);
    const holder = await hold(store.path, '1');
    const before = await stateOf(store);
    const impatient = managerOf(store, { lockTimeoutMs: 50 });
    const refused = await change.run(impatient).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(LockError);
    expect(refused).toMatchObject({
      code: 'LOCK_TIMEOUT',
      holders: [{ pid: holder.pid, operation: 'hold' }],
    });
    expect(await stateOf(store)).toEqual(before);

    const waitedFor: unknown[] = [];
    const patient = managerOf(store, {
      onWait: (id, { pid }) => {
        waitedFor.push([id, pid]);
        holder.stdin?.end();
      },
    });
    await change.run(patient);
    expect(waitedFor).toEqual([['1', holder.pid]]);
    expect(await stateOf(store)).not.toEqual(before);
    if (change.after !== undefined) {
      expect((await store.files.loadConversation('1')).messages.size).toBe(change.after);
    }
  },
);

test.each(Object.entries(CHANGES))(
  '%s changes nothing that others see once its lock is lost',
  async (_name, change) => {
    await using store = await tempPreparedStore(change);
    const before = await stateOf(store);
    const { files } = losing(store, 1);
    await expect(change.run(files)).rejects.toMatchObject({ code: 'LOCK_LOST' });
    expect(await stateOf(store)).toEqual(before);
    await change.run(store.enhanced);
    expect(await stateOf(store)).not.toEqual(before);
  },
);

test.each(Object.entries(CHANGES))(
  '%s leaves the old content or the new one, whenever its lock is lost',
  async (_name, change) => {
    for (let at = 2, isLost = true; isLost; at += 3) {
      await using store = await tempPreparedStore(change);
      const losingOne = losing(store, at);
      const error = await change.run(losingOne.files).catch((thrown: unknown) => thrown);
      isLost = losingOne.isLost();
      if (error instanceof Error) expect(error).toMatchObject({ code: 'LOCK_LOST' });
      const names = await conversationFiles(store.path);
      const size =
        names.length === 0 ? undefined : (await store.files.loadConversation('1')).messages.size;
      expect(error instanceof Error ? [2, change.after] : [change.after]).toContain(size);
      // what nobody has processed is not marked as processed
      if (names[0] === '1_processed.json') expect(size).toBe(2);
    }
  },
);

test('a change inside another one of the same conversation is refused at once', async () => {
  await using store = await tempPreparedStore();
  await lockConversations(store.path)('1', 'test', async () => {
    const inside = store.enhanced.appendMessages('1', [message(3)]);
    await expect(inside).rejects.toMatchObject({ code: 'LOCK_REENTRANT' });
  });
  await store.enhanced.appendMessages('1', [message(3)]);
});

test('reading takes no lock', async () => {
  await using store = await tempPreparedStore();
  const holder = await hold(store.path, '1');
  const files = managerOf(store, { lockTimeoutMs: 0 });
  await files.loadConversation('1');
  await files.readMetadata('1');
  await files.getFetchCursor('1');
  await files.listConversations();
  await files.getConversationStats();
  await files.changes('1', { sinceRevision: 1 });
  await collect(files.history('1'));
  await collect(files.listFailed());
  await collect(files.readMessages('1'));
  await collect(files.listMetadata());
  await collect(files.check());
  await files.createManualBackup({ tag: 'more' });
  await using staged = await files.stageImport(incoming({ id: '1', messages: messages(2) }));
  await staged.commit();
  // the one who asks for the lock does not get it
  await expect(files.markAsUnprocessed('1')).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
  holder.stdin?.end();
});

test('an import that is overtaken by another process is merged with what that wrote', async () => {
  await using store = await tempPreparedStore();
  const [one, other] = [managerOf(store), managerOf(store)];
  const specs = (id: number) => [
    { id: '1', messages: [message(id)] },
    { id: 'new', messages: [message(id)] },
  ];
  await using first = await one.stageImport(incoming(...specs(3)));
  await using second = await other.stageImport(incoming(...specs(4)));
  await second.commit();
  await other.markAsProcessed('1');
  expect([...(await first.commit())]).toMatchObject([
    ['1', { added: 1, unchanged: 3, revision: 4, status: 'unprocessed', isNew: false }],
    ['new', { added: 1, unchanged: 1, revision: 2, status: 'unprocessed', isNew: false }],
  ]);
  expect((await one.loadConversation('1')).messages.size).toBe(4);
  expect((await one.loadConversation('new')).messages.size).toBe(2);
});

test('locks are listed by conversation whatever its status, and broken by force', async () => {
  await using store = await tempPreparedStore();
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
  await using store = await tempPreparedStore();
  const holder = await hold(store.path, '1');
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  await managerOf(store, { lockTimeoutMs: 0 }).markAsUnprocessed('1');
});

test('a thousand conversations leave a few files behind their locks', async () => {
  await using store = await tempStore({ durability: 'relaxed' });
  const { enhanced: files } = store;
  for (let id = 1; id <= 1000; id += 1) await files.saveConversation(conversation(String(id), []));
  const left = await readdir(join(store.path, '.tgstore', 'locks'), { recursive: true });
  // sixteen queues with two files each, and the presence of this process
  expect(left.length).toBeLessThanOrEqual(16 * 3 + 1);
});
