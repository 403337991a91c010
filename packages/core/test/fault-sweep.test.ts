import { cp, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileSystem } from '@tgstore/fs';
import { tempDirectory } from '@tgstore/testkit';
import { describe, expect, test } from 'vitest';
import { FileManager, StoreError } from '../src/index.ts';
import { collect } from './support/collect.ts';
import { conversation, incoming, message, messages } from './support/conversations.ts';
import { codesOf, failing } from './support/faults.ts';
import { conversationFiles, errorsOf, leftOvers } from './support/store.ts';

// Each call of the file system fails in turn. Afterwards each conversation is the old or the new one whole, no processed
// name has changed content, the store is valid, and the next try works.

const CODES = ['EIO', 'ENOSPC', 'EACCES', 'EROFS', 'EMFILE'];
const LANES = 6;
const LARGE = 'x'.repeat(70_000);

interface Operation {
  readonly name: string;
  /** What is there before, by file name; the texts of the messages. */
  readonly before: Record<string, string[]>;
  /** What is there afterwards. */
  readonly after: Record<string, string[]>;
  run(files: FileManager): Promise<unknown>;
}

const versions = (...texts: string[]) =>
  texts.map((text, index) =>
    message(index + 1, { text, edit_date: text === LARGE ? '2024-03-01T00:00:00Z' : null }),
  );

const OPERATIONS: Operation[] = [
  {
    name: 'saving a conversation into a new store',
    before: {},
    after: { '1_unprocessed.json': ['a', LARGE, 'c'] },
    run: (files) => files.saveConversation(conversation('1', versions('a', LARGE, 'c'))),
  },
  {
    name: 'saving over a processed conversation',
    before: { '1_processed.json': ['a', 'b'], '2_processed.json': ['other'] },
    after: { '1_unprocessed.json': ['a', LARGE], '2_processed.json': ['other'] },
    run: (files) =>
      files.saveConversation(conversation('1', versions('a', LARGE)), { force: true }),
  },
  {
    name: 'saving over a raw name',
    before: { 'Ann Lee_unprocessed.json': ['a', 'b'] },
    after: { '~41nn~20~4cee_unprocessed.json': ['a'] },
    run: (files) => files.saveConversation(conversation('Ann Lee', versions('a')), { force: true }),
  },
  {
    name: 'marking as processed',
    before: { '1_unprocessed.json': ['a'] },
    after: { '1_processed.json': ['a'] },
    run: (files) => files.markAsProcessed('1'),
  },
  {
    name: 'marking as unprocessed',
    before: { '1_processed.json': ['a'] },
    after: { '1_unprocessed.json': ['a'] },
    run: (files) => files.markAsUnprocessed('1'),
  },
  {
    name: 'an import into a new store',
    before: {},
    after: { '1_unprocessed.json': ['a', LARGE], '2_processed.json': ['x'] },
    run: (files) =>
      importAll(files, [
        { id: '1', messages: versions('a', LARGE) },
        { id: '2', messages: versions('x'), status: 'processed' },
      ]),
  },
  {
    name: 'an import that changes one processed conversation of two',
    before: { '1_processed.json': ['a', 'b'], '2_processed.json': ['same'] },
    after: { '1_unprocessed.json': ['a', LARGE, 'c'], '2_processed.json': ['same'] },
    run: (files) =>
      importAll(files, [
        { id: '1', messages: versions('a', LARGE, 'c') },
        { id: '2', messages: versions('same') },
      ]),
  },
  {
    name: 'an import whose messages are out of order',
    before: { '2_unprocessed.json': ['a'] },
    after: { '2_unprocessed.json': ['a', 'text 2', 'text 3'] },
    run: (files) => importAll(files, [{ id: '2', messages: messages([3, 2, 3]) }]),
  },
  {
    name: 'an import with one conversation twice',
    before: {},
    after: { '1_unprocessed.json': ['a', 'b'] },
    run: (files) =>
      importAll(files, [
        { id: '1', messages: versions('a') },
        { id: '1', messages: versions('a', 'b') },
      ]),
  },
  {
    name: 'an import into a raw name',
    before: { 'B_processed.json': ['raw'] },
    after: { '~42_unprocessed.json': ['raw', 'more'] },
    run: (files) => importAll(files, [{ id: 'B', messages: versions('raw', 'more') }]),
  },
  {
    name: 'deleting',
    before: { '1_processed.json': ['a'], '2_unprocessed.json': ['b'] },
    after: { '2_unprocessed.json': ['b'] },
    run: (files) => files.deleteConversation('1').catch(unless('STORE_NOT_FOUND')),
  },
];

describe.each(OPERATIONS)('$name', (operation) => {
  // an import makes the same calls many times: one code that nobody passes over, one that ensureDirectory may
  const codes = operation.name.startsWith('an import') ? ['EIO', 'EROFS'] : CODES;
  const sweep = async (code: string, forEver: boolean): Promise<void> => {
    await using template = await tempDirectory();
    for (const [name, texts] of Object.entries(operation.before)) {
      await prepare(join(template.path, 'chats'), name, texts);
    }
    let calls = 0;
    const lane = async (): Promise<void> => {
      do calls += 1;
      while (await failAt(operation, { template: template.path, code, at: calls, forEver }));
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    expect(calls - LANES).toBeGreaterThan(5);
  };

  test.each(codes)('leaves everything whole, whichever call fails with %s', async (code) => {
    await sweep(code, false);
  });

  test('leaves everything whole when all calls from any on fail, as when the process dies there', async () => {
    await sweep('EIO', true);
  });
});

/** False when the operation makes fewer calls. */
async function failAt(
  { name, before, after, run }: Operation,
  { template, code, at, forEver }: { template: string; code: string; at: number; forEver: boolean },
): Promise<boolean> {
  await using directory = await tempDirectory();
  const path = join(directory.path, 'chats');
  await cp(template, directory.path, { recursive: true });
  const namesBefore = await namesIn(directory.path);
  const { fileSystem, calls, openHandles } = failing(code, at, forEver);
  const error = await run(managerOf(path, fileSystem)).catch((thrown: unknown) => thrown);
  const failed = calls[at - 1];
  const where = `${code} at call ${at} of ${calls.length}: ${failed}, after ${calls.slice(-9)}`;
  const now = await contentsOf(path);

  expect(openHandles(), where).toBe(0);
  expect(await errorsOf(path), where).toEqual([]);
  if (!failed) {
    expect(error).not.toBeInstanceOf(Error);
    expect(now).toEqual(after);
    return false;
  }
  // ensureDirectory says of a directory that it can't look at what mkdir said
  const told = /^stat (?:chats|\.tgstore)$/.test(failed) ? 'EEXIST' : code;
  if (error instanceof Error) expect(codesOf(error), where).toContain(told);
  else expect(now, where).toEqual(after);
  for (const [id, { name: file, texts }] of byId(now)) {
    const old = byId(before).get(id);
    const young = byId(after).get(id);
    expect([old?.texts, young?.texts], where).toContainEqual(texts);
    if (file.endsWith('_processed.json')) {
      expect([old?.name, young?.name], where).toContain(file);
      expect((young?.name === file ? young : old)?.texts, where).toEqual(texts);
    }
  }
  for (const id of byId(before).keys()) {
    if (byId(after).has(id)) expect([...byId(now).keys()], where).toContain(id);
  }
  if (!forEver) expect(await leftOvers(path), where).toEqual([]);
  const hasBegun = calls.some((call) => /^(?:rename|link|unlink \d)|mkdir \.tgstore/.test(call));
  const mayLeaveDirectory = forEver || name.startsWith('saving');
  if (!hasBegun && !mayLeaveDirectory) {
    expect(await namesIn(directory.path), where).toEqual(namesBefore);
  }

  await run(managerOf(path)).catch(unless('STORE_EXISTS'));
  expect(await contentsOf(path), where).toEqual(after);
  return true;
}

function managerOf(storageDir: string, fileSystem?: FileSystem): FileManager {
  return new FileManager({ storageDir, fileSystem });
}

async function prepare(path: string, name: string, texts: string[]): Promise<void> {
  const files = new FileManager({ storageDir: path, durability: 'relaxed' });
  const [, id = '', status] = /^(.*)_(.*)\.json$/.exec(name) ?? [];
  await files.saveConversation(conversation(id, versions(...texts)));
  if (status === 'processed') await files.markAsProcessed(id);
  const [canonical = ''] = (await conversationFiles(path)).filter((file) => /~/.test(file));
  if (canonical) await rename(join(path, canonical), join(path, name));
}

async function importAll(files: FileManager, specs: Parameters<typeof incoming>): Promise<void> {
  await using staged = await files.stageImport(incoming(...specs));
  await staged.commit();
}

/** The texts of all messages, by file name. */
async function contentsOf(path: string): Promise<Record<string, string[]>> {
  const files = new FileManager({ storageDir: path });
  const contents: Record<string, string[]> = {};
  const listed = await files.listFiles().catch(unless('STORE_NOT_A_STORE'));
  for (const { id, path: file } of listed ?? []) {
    const stored = await collect(files.readMessages(id));
    contents[file.slice(path.length + 1)] = stored.map(({ text }) => text ?? '');
  }
  expect(Object.keys(contents).sort()).toEqual(await conversationFiles(path));
  return contents;
}

function byId(contents: Record<string, string[]>): Map<string, { name: string; texts: string[] }> {
  return new Map(
    Object.entries(contents).map(([name, texts]) => {
      const id = name
        .replace(/_(?:un)?processed\.json$/, '')
        .replace('~41nn~20~4cee', 'Ann Lee')
        .replace('~42', 'B');
      return [id, { name, texts }];
    }),
  );
}

async function namesIn(path: string): Promise<string[]> {
  return (await readdir(path, { recursive: true })).sort();
}

function unless(code: string): (error: unknown) => undefined {
  return (error) => {
    if (!(error instanceof StoreError) || error.code !== code) throw error;
  };
}
