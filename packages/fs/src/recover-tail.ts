// 1. A record is removed only after the old bytes are synced, so a crash at any instant leaves either both or neither.
// 2. Nothing is written to a file that is not known to be the one the record was taken of.

import { resolve } from 'node:path';
import { closeAfter } from './close-after.ts';
import type { Durability } from './durability.ts';
import { FsError, hasCode } from './errors.ts';
import { type FileHandleLike, type FileSystem, nodeFileSystem } from './file-system.ts';
import { READ_WRITE } from './open-flags.ts';
import {
  findUndoRecord,
  fitsUndoRecord,
  type RecordSettings,
  removeUndoRecord,
  type UndoRecord,
} from './undo-record.ts';
import { writeAll } from './write-all.ts';

/** Options of {@link recoverTail}. */
export interface RecoverTailOptions {
  /** `'relaxed'` leaves out the syncs. @default 'full' */
  readonly durability?: Durability | undefined;
  /** The calls that reach the disk. @default nodeFileSystem */
  readonly fileSystem?: FileSystem | undefined;
}

/**
 * What {@link recoverTail} found.
 *
 * - `'none'`: no record; the file is as it should be.
 * - `'rolled-back'`: a record in force; the file has its old bytes again and the record is gone.
 * - `'void'`: a record with a wrong checksum, which was never in force; it is gone, the file is untouched.
 * - `'mismatch'`: a record in force, but the file is gone, a link, too short, or other bytes stand before its tail; or a
 *   link, a directory, a FIFO in the place of a record. Neither is touched: look at both, and move the record away.
 */
export type TailRecovery = 'none' | 'rolled-back' | 'void' | 'mismatch';

/**
 * Undoes what a killed or failed {@link appendTail} left half done. May itself be killed at any instant and called
 * again. The caller holds the lock that writers of the file take: the record of a living writer would be undone too.
 *
 * A file is told by up to 4096 bytes before the replaced pages, not by inode or time, so that copies and restored
 * backups can be recovered. So whoever replaces a file recovers it first: the record must not meet a later version.
 *
 * @throws {@link FsError} `FS_UNDO_VERSION`; `FS_UNCONFIRMED` when the record was removed, but its directory could not
 * be synced. After other errors the record stays; call it again.
 */
export async function recoverTail(
  path: string,
  undoPath: string,
  { durability = 'full', fileSystem = nodeFileSystem }: RecoverTailOptions = {},
): Promise<TailRecovery> {
  const settings = { durability, fileSystem };
  const undo = resolve(undoPath);
  const found = await findUndoRecord(undo, fileSystem);
  if (found === undefined) return 'none';
  if (found === 'void') {
    await removeUndoRecord(undo, settings);
    return 'void';
  }
  if (found === 'foreign') return 'mismatch';
  return await rollBack(resolve(path), undo, found, settings);
}

/** Gives a file its old bytes back, then removes the record. */
export async function rollBack(
  path: string,
  undoPath: string,
  record: UndoRecord,
  settings: RecordSettings,
): Promise<'rolled-back' | 'mismatch'> {
  const handle = await openIfThere(path, settings.fileSystem);
  if (!handle) return 'mismatch';
  const fits = await closeAfter(handle, async () => {
    if (!(await handle.stat()).isFile() || !(await fitsUndoRecord(handle, record))) return false;
    await restore(handle, path, record);
    if (settings.durability === 'full') await handle.sync();
    return true;
  });
  if (!fits) return 'mismatch';
  await removeUndoRecord(undoPath, settings);
  return 'rolled-back';
}

async function openIfThere(
  path: string,
  fileSystem: FileSystem,
): Promise<FileHandleLike | undefined> {
  try {
    return await fileSystem.open(path, READ_WRITE);
  } catch (error) {
    // no link is followed: a record that was made up could write anywhere
    if (hasCode(error, 'ENOENT', 'ELOOP', 'EISDIR', 'ENXIO')) return undefined;
    throw error;
  }
}

async function restore(
  handle: FileHandleLike,
  path: string,
  { size, at, bytes }: UndoRecord,
): Promise<void> {
  await writeAll(handle, path, bytes, at);
  await handle.truncate(size);
  const found = await handle.stat();
  if (found.size === size) return;
  const message = `${path} has ${found.size} bytes after it was cut to ${size}; the disk or another program changed it.`;
  throw new FsError('FS_SIZE_MISMATCH', path, message);
}
