// 1. The file is touched only while an undo record of its old bytes is in force: synced, and so is its name.
// 2. The record is removed only after the new bytes are synced: its removal is what makes them valid.
// 3. A failure before that gives the file its old bytes back, or leaves the record for `recoverTail`.

import { dirname, resolve } from 'node:path';
import { isUint8Array } from 'node:util/types';
import { BlockBuffer } from './block-buffer.ts';
import { closeAfter, closeOnFailure } from './close-after.ts';
import type { Durability } from './durability.ts';
import { afterCleaning, confirmChange, FsError } from './errors.ts';
import { type FileHandleLike, type FileSystem, nodeFileSystem } from './file-system.ts';
import { READ_WRITE } from './open-flags.ts';
import { rollBack } from './recover-tail.ts';
import { syncDirectory } from './sync-directory.ts';
import {
  discardUndoRecord,
  orUndoLeft,
  type RecordSettings,
  takeUndoRecord,
  type UndoRecord,
  writeUndoRecord,
} from './undo-record.ts';
import { writeAll } from './write-all.ts';

/** What a tail is made of: text (written as UTF-8) or bytes, whole or in chunks. */
export type TailData = string | Uint8Array | Iterable<string | Uint8Array>;

/** What tells one version of a file from the next, as `stat(path, { bigint: true })` has it. */
export interface FileVersion {
  /** Inode. */
  readonly ino: bigint;
  /** In bytes. */
  readonly size: bigint;
  /** When it was last changed, in nanoseconds since 1970. */
  readonly mtimeNs: bigint;
}

/** Options of {@link appendTail}. */
export interface AppendTailOptions {
  /** Where the tail begins, in bytes; what stands there and after it is replaced. At most the size of the file. */
  readonly from: number;
  /** Where the undo record is, while there is one: on the same disk, always the same for one file. */
  readonly undoPath: string;
  /** What the file was when its tail was looked at: where it is another one by now, nothing is touched. @default not asked */
  readonly unchangedSince?: FileVersion | undefined;
  /** `'relaxed'` leaves out all syncs and keeps the order. @default 'full' */
  readonly durability?: Durability | undefined;
  /** Called when the record is in force, right before the file is touched: what it throws leaves the file as it is. */
  readonly beforeWrite?: (() => void) | undefined;
  /** The calls that reach the disk. @default nodeFileSystem */
  readonly fileSystem?: FileSystem | undefined;
}

/**
 * Replaces the bytes from `from` to the end of a file by others, more or fewer, in place: what it costs depends on the
 * tails, not on the file. Resolves after the file, and the removal of the undo record, are synced.
 *
 * After a crash at any instant, {@link recoverTail} leaves the whole old or the whole new file; until then a record in
 * force says what the file was ({@link readUndoRecord}). The old tail is held in memory. It takes no lock: call it, and
 * `recoverTail`, under one. Where it fails it rolls back at once.
 *
 * @throws {@link FsError} `FS_LINKED`, `FS_CHANGED`, `FS_UNDO_EXISTS`, `FS_SHORT_WRITE`, `FS_SIZE_MISMATCH` with the file as it was;
 * `FS_UNCONFIRMED` for `path` with the new tail in place. Errors of the file system, of `tail` and of `beforeWrite` pass
 * through, with the file as it was. Where rolling back fails too, an `AggregateError` has both, the second of them
 * `FS_UNDO_LEFT`, and the record stays.
 *
 * @example
 * await appendTail('log.json', ',3]', { from: size - 1, undoPath: '.log.json.undo' });
 */
export async function appendTail(
  path: string,
  tail: TailData,
  {
    from,
    undoPath,
    unchangedSince,
    durability = 'full',
    beforeWrite,
    fileSystem = nodeFileSystem,
  }: AppendTailOptions,
): Promise<void> {
  if (!Number.isSafeInteger(from) || from < 0) {
    throw new TypeError(`\`from\` must be a number of bytes, not ${from}`);
  }
  const target = pathOf(path);
  const undo = pathOf(undoPath);
  if (target === undo) throw new TypeError('A file cannot be its own undo record');
  const chunks = toChunks(tail);
  const settings = { durability, fileSystem };

  const handle = await fileSystem.open(target, READ_WRITE);
  const record = await closeOnFailure(handle, async () => {
    const taken = await takeRecord(handle, target, from, unchangedSince);
    await putInForce(undo, taken, settings, beforeWrite);
    return taken;
  });
  try {
    await closeAfter(handle, async () => {
      await replaceTail(handle, target, chunks, { from, oldSize: record.size });
      if (durability === 'full') await handle.sync();
    });
    await fileSystem.unlink(undo);
  } catch (error) {
    throw await afterCleaning(error, undoTail(target, undo, record, settings));
  }
  if (durability === 'relaxed') return;
  await confirmChange(target, () => syncDirectory(dirname(undo), { fileSystem }));
}

function pathOf(path: string): string {
  if (path === '') throw new TypeError('The path of a file must not be empty');
  return resolve(path);
}

function toChunks(tail: TailData): Iterable<string | Uint8Array> {
  if (typeof tail === 'string' || isUint8Array(tail)) return [tail];
  if (typeof tail === 'object' && tail !== null && Symbol.iterator in tail) return tail;
  throw new TypeError('The tail must be a string, a Uint8Array or an iterable of them');
}

async function takeRecord(
  handle: FileHandleLike,
  path: string,
  from: number,
  before: FileVersion | undefined,
): Promise<UndoRecord> {
  const stats = await handle.stat({ bigint: true });
  const [size, nlink] = [Number(stats.size), Number(stats.nlink)];
  if (before && !isSame(stats, before)) {
    const message = `${path} is not as it was when its end was looked at; another program writes it. Look at it again.`;
    throw new FsError('FS_CHANGED', path, message);
  }
  if (nlink > 1) {
    const message = `${path} has ${nlink} names (hard links), and writing in place would change it under all of them; replace it instead.`;
    throw new FsError('FS_LINKED', path, message);
  }
  if (from > size) {
    const message = `${path} has ${size} bytes, so no tail begins at ${from}; look at its end again.`;
    throw new FsError('FS_SIZE_MISMATCH', path, message);
  }
  return await takeUndoRecord(handle, path, size, from);
}

function isSame(first: FileVersion, second: FileVersion): boolean {
  const { ino, size, mtimeNs } = second;
  return first.ino === ino && first.size === size && first.mtimeNs === mtimeNs;
}

async function putInForce(
  undoPath: string,
  record: UndoRecord,
  settings: RecordSettings,
  beforeWrite: (() => void) | undefined,
): Promise<void> {
  await writeUndoRecord(undoPath, record, settings);
  try {
    beforeWrite?.();
  } catch (error) {
    throw await afterCleaning(error, discardUndoRecord(undoPath, settings));
  }
}

async function replaceTail(
  handle: FileHandleLike,
  path: string,
  chunks: Iterable<string | Uint8Array>,
  { from, oldSize }: { from: number; oldSize: number },
): Promise<void> {
  let end = from;
  const blocks = new BlockBuffer(async (bytes) => {
    await writeAll(handle, path, bytes, end);
    end += bytes.length;
  });
  for (const chunk of chunks) {
    if (typeof chunk !== 'string' && !isUint8Array(chunk)) {
      throw new TypeError(`A chunk must be a string or a Uint8Array, not ${typeof chunk}`);
    }
    await blocks.add(chunk);
  }
  await blocks.flush();
  if (end < oldSize) await handle.truncate(end);
  const { size } = await handle.stat();
  if (size === end) return;
  const message = `${path} has ${size} bytes after it was written up to ${end}; the disk or another program changed it.`;
  throw new FsError('FS_SIZE_MISMATCH', path, message);
}

/** Rolls back by the record in memory, whatever has become of that on the disk. */
async function undoTail(
  path: string,
  undoPath: string,
  record: UndoRecord,
  settings: RecordSettings,
): Promise<void> {
  await orUndoLeft(undoPath, async () => {
    if ((await rollBack(path, undoPath, record, settings)) === 'rolled-back') return;
    throw new Error(`${path} is no longer the file that was written to`);
  });
}
