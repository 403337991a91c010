import { execFileSync } from 'node:child_process';
import { link, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeFileSystem } from '@tgstore/fs';
import { tempDirectory, watchCalls } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { EnhancedFileManager, FileManager, loadConfig } from '../src/index.ts';
import { collect } from './support/collect.ts';
import { conversation, message, messages } from './support/conversations.ts';
import { tempStore } from './support/store.ts';

const isWindows = process.platform === 'win32';
const fifo = (path: string): void => void execFileSync('mkfifo', [path]);

/** The disk, on which `work` happens right before a file with this name is opened for the first time. */
function before(name: string, work: () => Promise<void>): typeof nodeFileSystem {
  let isFirst = true;
  return watchCalls(nodeFileSystem, async ({ name: call, args }) => {
    if (!isFirst || call !== 'open' || !String(args[0]).endsWith(name)) return undefined;
    isFirst = false;
    await work();
    return undefined;
  });
}

test('an import looks again for a conversation that is marked while it is compared', async () => {
  await using dir = await tempStore();
  await using outside = await tempDirectory();
  await dir.enhanced.saveConversation(conversation('1', messages(2)));
  const bundle = join(outside.path, 'bundle.json');
  await dir.enhanced.exportConversationsToJson(bundle);
  const fileSystem = before('1_unprocessed.json', async () => {
    await dir.enhanced.markAsProcessed('1');
  });
  await using store = new EnhancedFileManager({ storageDir: dir.path, fileSystem });
  const { conversations, changed } = await store.importConversationsFromJson(bundle);
  expect([conversations, changed.size]).toEqual([1, 0]);
});

test('a conversation that is deleted while its cursor is asked for has none', async () => {
  await using dir = await tempStore();
  await dir.enhanced.saveConversation(conversation('1', messages(2)));
  const fileSystem = before('1_unprocessed.json', () => dir.enhanced.deleteConversation('1'));
  const files = new FileManager({ storageDir: dir.path, fileSystem });
  expect(await files.getFetchCursor('1')).toBeUndefined();
});

test.skipIf(isWindows)(
  'nothing is written through a link in the place of an own directory',
  async () => {
    await using outside = await tempDirectory();
    for (const name of ['state', 'changes', 'locks', 'quarantine', 'restore']) {
      await using dir = await tempStore();
      await dir.enhanced.saveConversation(conversation('1', messages(2)));
      const { id } = await dir.enhanced.createManualBackup();
      await dir.enhanced.close();
      const path = join(dir.path, '.tgstore', name);
      await rm(path, { recursive: true, force: true });
      await symlink(outside.path, path);
      await using store = new EnhancedFileManager({ storageDir: dir.path });
      const refused = { code: 'STORE_INVALID_FILE', path };
      await expect(store.markAsProcessed('1')).rejects.toMatchObject(refused);
      await expect(store.restoreBackup(id, { overwrite: true })).rejects.toMatchObject(refused);
      expect((await store.loadConversation('1')).messages.size).toBe(2);
      expect(await readdir(outside.path)).toEqual([]);
      await rm(path);
      await store.markAsProcessed('1');
    }
  },
);

test.skipIf(isWindows)(
  'a FIFO in the place of store.json or an undo record keeps nobody waiting',
  async () => {
    await using dir = await tempStore();
    const large = message(1, { text: 'x'.repeat(300_000) });
    await dir.enhanced.saveConversation(conversation('1', [large]));
    await rm(join(dir.path, '.tgstore', 'store.json'));
    fifo(join(dir.path, '.tgstore', 'store.json'));
    fifo(join(dir.path, '.1.undo'));
    await using store = new EnhancedFileManager({ storageDir: dir.path });
    expect((await store.loadConversation('1')).messages.size).toBe(1);
    await store.appendMessages('1', [message(2)]);
    expect(await readdir(join(dir.path, '.tgstore', 'quarantine'))).toHaveLength(1);
    expect((await store.inspect()).formatVersion).toBeUndefined();
    await rm(join(dir.path, '.tgstore', 'store.json'));
  },
);

test.skipIf(isWindows)(
  'of a change log that is no file nothing is known, and check says so',
  async () => {
    for (const put of [
      fifo,
      (path: string) => symlink('/dev/zero', path),
      (path: string) => mkdir(path),
    ]) {
      await using dir = await tempStore({ problems: ['CHECK_CHANGES_DAMAGED'] });
      await dir.enhanced.saveConversation(conversation('1', messages(2)));
      const path = join(dir.path, '.tgstore', 'changes', '1.jsonl');
      await mkdir(join(path, '..'), { recursive: true });
      await put(path);
      expect((await dir.enhanced.changes('1', { sinceRevision: 0 })).everything).toBe(true);
      const results = await dir.enhanced.processAllUnprocessed(() => {});
      expect(results.get('1')).toMatchObject({ status: 'processed' });
    }
  },
);

test('the second name of a change log keeps what it has', async () => {
  await using dir = await tempStore();
  await using outside = await tempDirectory();
  await dir.enhanced.saveConversation(conversation('1', messages(2)));
  await dir.enhanced.appendMessages('1', [message(3)]);
  const other = join(outside.path, 'other');
  await link(join(dir.path, '.tgstore', 'changes', '1.jsonl'), other);
  const before = await readFile(other, 'utf8');
  await dir.enhanced.appendMessages('1', [message(4)]);
  expect(await readFile(other, 'utf8')).toBe(before);
  const changes = await dir.enhanced.changes('1', { sinceRevision: 1 });
  expect(['2', '3', '4'].map((id) => changes.includes(id))).toEqual([false, true, true]);
});

test('a message that is nested too deeply to be written stops neither check nor recovery', async () => {
  await using dir = await tempStore({ problems: ['CHECK_UNREADABLE'] });
  await dir.enhanced.saveConversation(conversation('1', messages(2)));
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const text = `{"messages":{"1":{"id":1,"raw_data":{"a":${deep}}}},"metadata":{"conversation_id":"2"}}`;
  const path = await dir.put('2_unprocessed.json', text);
  const problems = await collect(dir.files.check());
  const [problem] = problems.filter(({ severity }) => severity === 'error');
  expect(problem).toMatchObject({ code: 'CHECK_UNREADABLE', path });
  await expect(dir.enhanced.recover()).resolves.toBeDefined();
});

test.skipIf(isWindows)(
  'a configuration that is found must be a file, and one that is named has an end',
  async () => {
    await using dir = await tempDirectory();
    fifo(join(dir.path, 'config.yaml'));
    const found = loadConfig({ workingDirectory: dir.path, env: {} });
    await expect(found).rejects.toThrow('it is no regular file');
    const named = loadConfig({ file: '/dev/zero', env: {} });
    await expect(named).rejects.toMatchObject({ code: 'STORE_CONFIG_INVALID', path: '/dev/zero' });
  },
);

test('what failed in a future that never was is tried again', async () => {
  await using dir = await tempStore();
  await dir.enhanced.saveConversation(conversation('1', messages(2)));
  const year = 365 * 24 * 60 * 60 * 1000;
  const fail = (): never => {
    throw new Error('it fails');
  };
  const attempt = async (now: number) =>
    (await dir.enhanced.processAllUnprocessed(fail, { now: () => now })).get('1');
  const present = Date.now();
  expect(await attempt(present + 10 * year)).toMatchObject({ status: 'failed' });
  expect(await attempt(present)).toMatchObject({ status: 'failed', attempts: 1 });
  expect(await attempt(present)).toMatchObject({ status: 'waiting' });
});

test('who waits for the next attempt goes on when the clock is set back', async () => {
  await using dir = await tempStore();
  await dir.enhanced.saveConversation(conversation('1', messages(2)));
  const stop = new AbortController();
  let shift = 0;
  let calls = 0;
  const work = (): void => {
    calls += 1;
    if (calls === 1) throw new Error('it fails');
    stop.abort();
  };
  await dir.enhanced.processAsTheyCome(work, {
    now: () => Date.now() + shift,
    backoff: () => 50,
    debounceMs: 1,
    drainSignal: stop.signal,
    onResult: () => {
      shift = -365 * 24 * 60 * 60 * 1000;
    },
  });
  expect(calls).toBe(2);
});

test('a link in the place of a conversation is left alone, whatever its undo record says', async () => {
  await using dir = await tempDirectory();
  const [victim, path] = [join(dir.path, 'victim'), join(dir.path, 'chats', '1_unprocessed.json')];
  await using store = new EnhancedFileManager({ storageDir: join(dir.path, 'chats') });
  await store.saveConversation(conversation('1', [message(1, { text: 'x'.repeat(300_000) })]));
  // the record of an append that was interrupted
  const unlink = watchCalls(nodeFileSystem, ({ name, args }) => {
    if (name === 'unlink' && String(args[0]).endsWith('.undo')) throw new Error('EIO');
    if (name === 'handle.truncate') throw new Error('EIO');
    return undefined;
  });
  await using broken = new EnhancedFileManager({
    storageDir: join(dir.path, 'chats'),
    fileSystem: unlink,
    appendInPlaceFrom: 1,
  });
  await expect(broken.appendMessages('1', [message(2)])).rejects.toThrow();
  expect(await readdir(join(dir.path, 'chats'))).toContain('.1.undo');
  await rename(path, victim);
  await writeFile(victim, `${await readFile(victim, 'utf8')}more`);
  const content = await readFile(victim, 'utf8');
  await symlink(victim, path);
  await using next = new EnhancedFileManager({ storageDir: join(dir.path, 'chats') });
  await expect(next.appendMessages('1', [message(3)])).rejects.toMatchObject({
    code: 'STORE_INVALID_FILE',
  });
  expect(await readFile(victim, 'utf8')).toBe(content);
});
