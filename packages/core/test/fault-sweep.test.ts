import { cp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileSystem } from '@tgstore/fs';
import { tempDirectory } from '@tgstore/testkit';
import { describe, expect, test } from 'vitest';
import { EnhancedFileManager, encodeId, FileManager, StoreError } from '../src/index.ts';
import { collect } from './support/collect.ts';
import { conversation, incoming, message, messages } from './support/conversations.ts';
import { codesOf, failing } from './support/faults.ts';
import { conversationFiles, errorsOf, findings, leftOvers, recordsOf } from './support/store.ts';

// Each call of the file system fails in turn. Afterwards each conversation is the old or the new one whole, no processed
// name has changed content, nothing counts as processed that was not, the store is valid, and the next try works; then
// the change log tells all that became of the old content. The locks of EnhancedFileManager do not go through the seam.

const CODES = ['EIO', 'ENOSPC', 'EACCES', 'EROFS', 'EMFILE'];
const LANES = 6;
const LARGE = 'x'.repeat(70_000);

interface Operation<Files extends FileManager> {
  readonly name: string;
  /** What is there before, by file name; the texts of the messages. */
  readonly before: Record<string, string[]>;
  /** What is there afterwards. */
  readonly after: Record<string, string[]>;
  /** What else may be there when it failed and was tried again. */
  readonly afterFailure?: Record<string, string[]>;
  run(files: Files): Promise<unknown>;
  /** Makes what is there before, where names and texts do not say it all. */
  readonly prepare?: (files: EnhancedFileManager) => Promise<void>;
}

interface Case extends Operation<EnhancedFileManager> {
  open(storageDir: string, fileSystem?: FileSystem): EnhancedFileManager;
  /** A code that nobody passes over and one that ensureDirectory may, or all. */
  readonly codes: readonly string[];
}

const versions = (...texts: string[]) =>
  texts.map((text, index) =>
    message(index + 1, { text, edit_date: text === LARGE ? '2024-03-01T00:00:00Z' : null }),
  );

/** What both managers do. */
const COMMON: Operation<FileManager>[] = [
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
    name: 'deleting',
    before: { '1_processed.json': ['a'], '2_unprocessed.json': ['b'] },
    after: { '2_unprocessed.json': ['b'] },
    run: (files) => files.deleteConversation('1').catch(unless('STORE_NOT_FOUND')),
  },
];

/** What only EnhancedFileManager does. */
const ENHANCED: Operation<EnhancedFileManager>[] = [
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
    name: 'an import of other metadata of a processed conversation',
    before: { '1_processed.json': ['a'] },
    after: { '1_processed.json': ['a'] },
    // it was under the unprocessed name when it failed
    afterFailure: { '1_unprocessed.json': ['a'] },
    run: (files) =>
      importAll(files, [{ id: '1', messages: versions('a'), metadata: { name: 'New' } }]),
  },
  {
    name: 'an import that replaces a processed conversation',
    before: { '1_processed.json': ['a', 'b', 'c'] },
    after: { '1_unprocessed.json': ['a', LARGE] },
    run: async (files) => {
      const specs = incoming({ id: '1', messages: versions('a', LARGE) });
      await using staged = await files.stageImport(specs, { overwrite: true });
      await staged.commit();
    },
  },
  {
    name: 'appending to a processed conversation',
    before: { '1_processed.json': ['a'], '2_processed.json': ['other'] },
    after: { '1_unprocessed.json': ['a', 'text 2', 'text 3'], '2_processed.json': ['other'] },
    run: (files) => files.appendMessages('1', messages([2, 3])),
  },
  {
    name: 'appending to an unprocessed conversation',
    before: { '1_unprocessed.json': ['a'] },
    after: { '1_unprocessed.json': ['a', 'text 2'] },
    run: (files) => files.appendMessages('1', messages([2])),
  },
  {
    name: 'merging an edit into a processed conversation',
    before: { '1_processed.json': ['a', 'b', 'c'] },
    after: { '1_unprocessed.json': ['a', LARGE, 'c'] },
    run: (files) => files.mergeConversation(conversation('1', versions('a', LARGE))),
  },
  {
    name: 'deleting messages of a processed conversation',
    before: { '1_processed.json': ['a', 'b', 'c'] },
    after: { '1_unprocessed.json': ['a', '', ''] },
    run: (files) => files.deleteMessages('1', [2, 3]),
  },
  {
    name: 'merging what another program left under both names',
    before: { '1_unprocessed.json': ['a', 'b'] },
    after: { '1_unprocessed.json': ['a', 'b', 'text 3', 'text 4'] },
    run: (files) => files.appendMessages('1', messages([4])),
    prepare: async (files) => {
      await files.saveConversation(conversation('1', [...versions('a', 'b'), message(3)]));
      const [unprocessed, processed] = ['1_unprocessed.json', '1_processed.json'].map((name) =>
        join(files.storageDir, name),
      ) as [string, string];
      await rename(unprocessed, processed);
      const other = join(files.storageDir, 'other');
      const ours = new FileManager({ storageDir: other, durability: 'relaxed' });
      await ours.saveConversation(conversation('1', versions('a', 'b')));
      await rename(join(other, '1_unprocessed.json'), unprocessed);
      await rm(other, { recursive: true });
    },
  },
  {
    name: 'restoring a processed conversation over others',
    before: { '1_unprocessed.json': ['a', 'b'], '2_processed.json': ['x', 'y'] },
    after: {
      '1_processed.json': ['old'],
      '2_unprocessed.json': ['x', 'old'],
      '3_unprocessed.json': ['gone'],
    },
    run: (files) => restoreFirst(files),
    prepare: async (files) => {
      await files.saveConversation(conversation('1', versions('old')));
      await files.markAsProcessed('1');
      await files.saveConversation(conversation('2', versions('x', 'old')));
      await files.saveConversation(conversation('3', versions('gone')));
      await files.createManualBackup();
      await files.deleteConversation('3');
      const force = { force: true };
      await files.saveConversation(conversation('1', versions('a', 'b')), force);
      await files.saveConversation(conversation('2', versions('x', 'y')), force);
      await files.markAsProcessed('2');
    },
  },
];

const CASES: Case[] = [
  ...COMMON.map((operation) => ({
    ...operation,
    // the cast is for the type of what `open` gives alone
    open: (storageDir: string, fileSystem?: FileSystem) =>
      new FileManager({ storageDir, fileSystem }) as EnhancedFileManager,
    codes: CODES,
  })),
  ...[...COMMON, ...ENHANCED].map((operation) => ({
    ...operation,
    name: `${operation.name}, by EnhancedFileManager`,
    open: (storageDir: string, fileSystem?: FileSystem) =>
      new EnhancedFileManager({ storageDir, fileSystem }),
    codes: operation.name.startsWith('an import') ? ['EIO', 'EROFS'] : ['EIO'],
  })),
];

describe.each(CASES)('$name', (operation) => {
  const sweep = async (code: string, forEver: boolean): Promise<void> => {
    await using template = await tempDirectory();
    await prepare(join(template.path, 'chats'), operation);
    // has sockets, which can't be copied
    await rm(join(template.path, 'chats', '.tgstore', 'locks'), { recursive: true, force: true });
    let calls = 0;
    const lane = async (): Promise<void> => {
      do calls += 1;
      while (await failAt(operation, { template: template.path, code, at: calls, forEver }));
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    expect(calls - LANES).toBeGreaterThan(5);
  };

  test.each(operation.codes)(
    'leaves everything whole, whichever call fails with %s',
    async (code) => {
      await sweep(code, false);
    },
  );

  test('leaves everything whole when all calls from any on fail, as when the process dies there', async () => {
    await sweep('EIO', true);
  });
});

interface Fault {
  /** The directory to begin from. */
  readonly template: string;
  readonly code: string;
  readonly at: number;
  readonly forEver: boolean;
}

/** False when the operation makes fewer calls. */
async function failAt(operation: Case, { template, code, at, forEver }: Fault): Promise<boolean> {
  const { name, run, open } = operation;
  await using directory = await tempDirectory();
  const path = join(directory.path, 'chats');
  await cp(template, directory.path, { recursive: true });
  const namesBefore = await namesIn(directory.path);
  const revisions = await revisionsOf(path);
  const { fileSystem, calls, openHandles } = failing(code, at, forEver);
  const files = open(path, fileSystem);
  const error = await run(files).catch((thrown: unknown) => thrown);
  const failed = calls[at - 1];
  const where = `${code} at call ${at} of ${calls.length}: ${failed}, after ${calls.slice(-9)}`;
  expect(openHandles(), where).toBe(0);
  const both = (await errorsOf(path)).filter((problem) => problem.code === 'CHECK_BOTH_NAMES');
  if (!name.includes('both names')) expect(both, where).toEqual([]);
  expect((await errorsOf(path)).length, where).toBe(both.length);
  if (!failed) {
    expect(error).not.toBeInstanceOf(Error);
    await expectDone(operation, path, revisions);
    return false;
  }
  // ensureDirectory says of a directory that it can't look at what mkdir said
  const told = /^stat (?:chats|\.tgstore|changes|state|quarantine)$/.test(failed) ? 'EEXIST' : code;
  const codes = codesOf(error);
  if (error instanceof Error)
    expect([codes.includes(code), codes.includes(told)], where).toContain(true);
  else await expectDone(operation, path, revisions);
  await expectOldOrNew(operation, path, where);
  // what can't be removed is left, and said
  const mayLeave = failed === 'unlink <temporary>' && error instanceof Error ? 1 : 0;
  if (!forEver) expect((await leftOvers(path)).length, where).toBeLessThanOrEqual(mayLeave);
  const hasBegun = calls.some((call) => /^(?:rename|link|unlink \d)|mkdir \.tgstore/.test(call));
  const mayLeaveDirectory = forEver || /^(?:saving|restoring)/.test(name);
  if (!hasBegun && !mayLeaveDirectory) {
    expect(await namesIn(directory.path), where).toEqual(namesBefore);
  }

  // what failed once does not fail for ever: the same manager goes on
  await run(forEver ? open(path) : files).catch(unless('STORE_EXISTS'));
  await expectDone(operation, path, revisions, where);
  return true;
}

/** Each conversation is the old or the new one, and none counts as processed with content that was not. */
async function expectOldOrNew({ name, before, after }: Case, path: string, where: string) {
  const now = byId(await contentsOf(path));
  const records = await recordsOf(path);
  for (const [id, { name: file, texts }] of now) {
    const old = byId(before).get(id);
    const young = byId(after).get(id);
    const isUnited = name.includes('both names') && texts.join() === 'a,b,text 3';
    if (!isUnited) expect([old?.texts, young?.texts], where).toContainEqual(texts);
    if (file.endsWith('_processed.json')) {
      expect([old?.name, young?.name], where).toContain(file);
      expect((young?.name === file ? young : old)?.texts, where).toEqual(texts);
    }
    const { processed } = JSON.parse(records[`state/${encodeId(id)}.json`] ?? '{}');
    const { revision_id } = await new FileManager({ storageDir: path }).readMetadata(id);
    if (processed?.revision_id === revision_id) {
      const wereProcessed = [old, young].filter((one) => one?.name.endsWith('_processed.json'));
      expect(
        wereProcessed.map((one) => one?.texts),
        where,
      ).toContainEqual(texts);
    }
  }
  for (const id of byId(before).keys()) {
    if (byId(after).has(id)) expect([...now.keys()], where).toContain(id);
  }
}

/** The new content is there, and for each conversation that has another one the log tells what became of the old one. */
async function expectDone(
  { name, before, after, afterFailure }: Case,
  path: string,
  revisions: ReadonlyMap<string, number>,
  where = '',
): Promise<void> {
  const now = await contentsOf(path);
  if (afterFailure && where) expect([after, afterFailure], where).toContainEqual(now);
  else expect(now, where).toEqual(after);
  const found = (await findings(path)).map(({ code }) => code);
  expect(
    found.filter((code) => code !== 'CHECK_TEMPORARY_FILE'),
    where,
  ).toEqual([]);
  const files = new EnhancedFileManager({ storageDir: path });
  for (const [id, { texts }] of byId(after)) {
    const old = byId(before).get(id)?.texts;
    const sinceRevision = revisions.get(id);
    if (!old || sinceRevision === undefined || old.join() === texts.join()) continue;
    const changes = await files.changes(id, { sinceRevision });
    const keys = [...old, ...texts].map((_, index) => String(index + 1));
    for (const [index, key] of keys.entries()) {
      const isTold = changes.includes(key) || changes.deleted.includes(key);
      expect(isTold || old[index] === texts[index], `${where}: ${id}, message ${key}`).toBe(true);
    }
  }
  if (!name.startsWith('restoring')) return;
  // what was replaced is kept
  const { backups } = await files.listBackups();
  const kept = backups.filter(({ tag }) => tag === 'pre-restore');
  const count = kept.reduce((sum, { counts }) => sum + (counts?.messages ?? 0), 0);
  expect(count, where).toBeGreaterThanOrEqual(4);
}

async function revisionsOf(path: string): Promise<Map<string, number>> {
  const files = new FileManager({ storageDir: path });
  const listed = await collect(files.listMetadata()).catch(unless('STORE_NOT_A_STORE'));
  return new Map(listed?.map(({ file, metadata }) => [file.id, metadata?.revision ?? 0]));
}

async function prepare(path: string, { before, open, prepare: own }: Case): Promise<void> {
  const enhanced = new EnhancedFileManager({ storageDir: path, durability: 'relaxed' });
  if (own) return await own(enhanced);
  const isPlain = !(open(path) instanceof EnhancedFileManager);
  const files = isPlain ? new FileManager({ storageDir: path, durability: 'relaxed' }) : enhanced;
  for (const [name, texts] of Object.entries(before)) {
    const [, id = '', status] = /^(.*)_(.*)\.json$/.exec(name) ?? [];
    await files.saveConversation(conversation(id, versions(...texts)));
    if (status === 'processed') await files.markAsProcessed(id);
    const [canonical = ''] = (await conversationFiles(path)).filter((file) => /~/.test(file));
    if (canonical) await rename(join(path, canonical), join(path, name));
  }
}

async function importAll(
  files: EnhancedFileManager,
  specs: Parameters<typeof incoming>,
): Promise<void> {
  await using staged = await files.stageImport(incoming(...specs));
  await staged.commit();
}

async function restoreFirst(files: EnhancedFileManager): Promise<void> {
  const { backups } = await files.listBackups();
  const made = backups.find(({ tag }) => tag === 'manual');
  await files.restoreBackup(made?.id ?? '', { overwrite: true });
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
