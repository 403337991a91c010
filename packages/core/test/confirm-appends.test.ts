import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EnhancedFileManager, FileManager } from '../src/index.ts';
import { conversation, message } from './support/conversations.ts';
import { failing } from './support/faults.ts';
import { large } from './support/in-place.ts';
import { tempStore } from './support/store.ts';

// A process that was killed may have removed an undo record without living to sync that. Whatever takes the place of a file
// that is appended to in place, or of its name, waits until the removal is durable: after a power failure the record would
// come back and be taken for one of what follows.

const NAMES = /^rename .*\d_(?:un)?processed\.json$/;

const CONFIRMED = ['open chats r', 'handle.sync', 'handle.close'];

const OPERATIONS: Record<string, (store: EnhancedFileManager) => Promise<unknown>> = {
  'an edit': (store) =>
    store.appendMessages('1', [message(5, { text: 'x', edit_date: '2025-01-01T00:00:00Z' })]),
  'a save': (store) => store.saveConversation(large(299), { force: true }),
  'marking as processed': (store) => store.markAsProcessed('1'),
  processing: (store) => store.processAllUnprocessed(async () => {}),
  'a restore': async (store) => {
    const { backups } = await store.listBackups();
    await store.restoreBackup(backups[0]?.id ?? '', { overwrite: true });
  },
  'saving what is whole': async (store) => {
    const path = join(store.storageDir, '1_unprocessed.json');
    await writeFile(path, (await readFile(path, 'utf8')).replace('"id":7,', '"id":7;'));
    expect(await store.recover({ minAgeMs: 0 })).toMatchObject({ mended: 1, left: 0 });
  },
};

const OF_A_SINGLE_WRITER: Record<string, (files: FileManager) => Promise<unknown>> = {
  'a save': (files) => files.saveConversation(large(299), { force: true }),
  'marking as processed': (files) => files.markAsProcessed('1'),
};

test.each(Object.entries(OF_A_SINGLE_WRITER))(
  '%s by FileManager confirms the removal of an undo record',
  async (_, run) => {
    await using dir = await tempStore();
    await dir.enhanced.saveConversation(large());
    await dir.enhanced.appendMessages('1', [message(301)]);
    const { fileSystem, calls } = failing('', Number.POSITIVE_INFINITY);
    const files = new FileManager({ storageDir: dir.path, fileSystem });
    // the first write prepares the store
    await files.saveConversation(conversation('2'));
    calls.length = 0;
    await run(files);
    const renamed = calls.findIndex((call) => NAMES.test(call));
    const synced = calls.indexOf('open chats r');
    expect(synced, calls.join('\n')).toBeGreaterThan(0);
    expect(synced, calls.join('\n')).toBeLessThan(renamed);
  },
);

test.each(Object.entries(OPERATIONS))(
  '%s confirms the removal of an undo record',
  async (_, run) => {
    await using dir = await tempStore();
    await dir.enhanced.saveConversation(large());
    await dir.enhanced.createManualBackup();
    await dir.enhanced.appendMessages('1', [message(301)]);
    const { fileSystem, calls } = failing('', Number.POSITIVE_INFINITY);
    const store = new EnhancedFileManager({ storageDir: dir.path, fileSystem });
    // the first change prepares the store
    await store.deleteMessages('1', []);
    calls.length = 0;
    await run(store);
    const renamed = calls.findIndex((call) => NAMES.test(call));
    expect(renamed, calls.join('\n')).toBeGreaterThan(0);
    expect(calls.slice(renamed - CONFIRMED.length, renamed), calls.join('\n')).toEqual(CONFIRMED);
  },
);
