import { readFile } from 'node:fs/promises';
import { BackupError } from '@tgstore/backup';
import { FormatError } from '@tgstore/formats';
import { atomicWrite, FsError } from '@tgstore/fs';
import { LockError } from '@tgstore/lock';
import { SchemaError } from '@tgstore/schema';
import { tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import * as core from '../src/index.ts';
import { EnhancedFileManager, isTgstoreError, StoreError } from '../src/index.ts';

test('isTgstoreError knows the errors of every package', () => {
  const errors = [
    new BackupError('BACKUP_DAMAGED', 'a', 'no'),
    new FormatError('FORMAT_EMPTY', 'no'),
    new FsError('FS_LINKED', 'a', 'no'),
    new LockError('LOCK_LOST', 'a', 'no'),
    new SchemaError('SCHEMA_INVALID', 'no'),
    new StoreError('STORE_EXISTS', 'a', 'no'),
  ];
  expect(errors.filter(isTgstoreError)).toEqual(errors);
});

test('core exports the classes of the errors that it throws, as their packages have them', () => {
  const classes = { BackupError, FormatError, FsError, LockError, SchemaError };
  expect(core).toMatchObject(classes);
});

test('isTgstoreError knows what a store throws', async () => {
  await using dir = await tempDirectory();
  await using store = new EnhancedFileManager({ storageDir: dir.path });
  const chat = { messages: [], metadata: { conversation_id: '1' } };
  await store.saveConversation(chat);
  const failed = [
    store.saveConversation(chat),
    store.saveConversation({ messages: [{ text: 'no id' }], metadata: chat.metadata }),
    store.importConversationsFromJson(`${dir.path}/none.json`),
    store.backups.restoreBackup('none'),
  ];
  const errors = await Promise.all(failed.map((step) => step.catch((error: unknown) => error)));
  expect(errors.map((error) => isTgstoreError(error) && error.code)).toEqual([
    'STORE_EXISTS',
    'SCHEMA_INVALID',
    'FORMAT_NOT_FOUND',
    'BACKUP_NOT_FOUND',
  ]);
});

test('isTgstoreError knows errors of another copy of a package', () => {
  class CopiedError extends Error {
    override readonly name = 'LockError';
    readonly code = 'LOCK_TIMEOUT';
  }
  expect(isTgstoreError(new CopiedError())).toBe(true);
});

test('isTgstoreError leaves out the errors of others', async () => {
  const missing: unknown = await readFile('/nowhere/at all').catch((error: unknown) => error);
  const exists: unknown = await atomicWrite('.', '', { exclusive: true }).catch(
    (error: unknown) => error,
  );
  const named = Object.assign(new Error('no'), { name: 'LockError', code: 'ELOCK' });
  const uncoded = Object.assign(new Error('no'), { name: 'StoreError' });
  const numbered = Object.assign(new Error('no'), { name: 'StoreError', code: 7 });
  const foreign = Object.assign(new Error('no'), { code: 'STORE_EXISTS' });
  const plain = { name: 'StoreError', code: 'STORE_EXISTS' };
  const others = [missing, exists, named, uncoded, numbered, foreign, plain, new TypeError('no')];
  expect([...others, undefined, null, 'STORE_EXISTS'].filter(isTgstoreError)).toEqual([]);
});
