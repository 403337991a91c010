import type { BackupError } from '@tgstore/backup';
import type { FormatError } from '@tgstore/formats';
import type { FsError } from '@tgstore/fs';
import type { LockError } from '@tgstore/lock';
import type { SchemaError } from '@tgstore/schema';
import type { StoreError } from './errors.ts';

/** Every error with a code of ours that a store can throw; `code` tells which it is. */
export type TgstoreError =
  | BackupError
  | FormatError
  | FsError
  | LockError
  | SchemaError
  | StoreError;

/**
 * Whether a store threw this on purpose, with a `code` to look at. It goes by name and code, not by class, so that errors of another
 * copy of a package count too. Errors of the file system, a `TypeError` for misuse and the reason of a signal do not.
 *
 * @example
 * try {
 *   await store.appendMessages(id, messages);
 * } catch (error) {
 *   if (!isTgstoreError(error)) throw error;
 *   if (error.code === 'LOCK_TIMEOUT') console.log(`process ${error.holders[0]?.pid} has it`);
 * }
 */
export function isTgstoreError(error: unknown): error is TgstoreError {
  if (!(error instanceof Error) || !('code' in error)) return false;
  const prefix = PREFIXES.get(error.name);
  return prefix !== undefined && typeof error.code === 'string' && error.code.startsWith(prefix);
}

const PREFIXES: ReadonlyMap<string, string> = new Map([
  ['BackupError', 'BACKUP_'],
  ['FormatError', 'FORMAT_'],
  ['FsError', 'FS_'],
  ['LockError', 'LOCK_'],
  ['SchemaError', 'SCHEMA_'],
  ['StoreError', 'STORE_'],
]);
