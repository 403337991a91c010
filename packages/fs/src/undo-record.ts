// The file, numbers little-endian: magic (8 bytes), version (4), old size (8), `at` (8), hash of the prefix (32), old
// bytes from `at` to the end, SHA-256 of all before it (32). Every later version ends in such a checksum too.

import { createHash } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { closeAfter } from './close-after.ts';
import type { Durability } from './durability.ts';
import {
  afterCleaning,
  confirmChange,
  FsError,
  hasCode,
  messageOf,
  throwJoined,
} from './errors.ts';
import { whereModesExist } from './exact-mode.ts';
import { type FileHandleLike, type FileSystem, nodeFileSystem } from './file-system.ts';
import { READ_ONLY } from './open-flags.ts';
import { readRange } from './read-range.ts';
import { syncDirectory } from './sync-directory.ts';
import { writeAll } from './write-all.ts';

/** A power failure may tear the whole page that a write touches, so records begin where a page does. */
const PAGE_SIZE = 4096;

const MAGIC = 'tgs-undo';
const VERSION = 1;
const HEADER_LENGTH = 60;
const HASH_LENGTH = 32;
const MODE = 0o600;

/** What a file was before its tail was replaced. */
export interface UndoRecord {
  /** Size of the old file in bytes: `at` and those of `bytes`. */
  readonly size: number;
  /** Where `bytes` begins in the file; below it nothing changes. A multiple of 4096. */
  readonly at: number;
  /** The old file from `at` to its end. */
  readonly bytes: Uint8Array;
  /** SHA-256, in hex, of up to 4096 bytes before `at`. */
  readonly prefixHash: string;
}

/** Options of {@link readUndoRecord}. */
export interface ReadUndoRecordOptions {
  /** The calls that reach the disk. @default nodeFileSystem */
  readonly fileSystem?: FileSystem | undefined;
}

export interface RecordSettings {
  readonly durability: Durability;
  readonly fileSystem: FileSystem;
}

/**
 * The undo record at a path; `undefined` where there is none, or none in force. For readers who take no lock: while
 * a record is in force the file is `[0, at)` of itself, then `bytes`. They look again afterwards whether it still is.
 *
 * @throws {@link FsError} `FS_UNDO_VERSION`
 */
export async function readUndoRecord(
  undoPath: string,
  { fileSystem = nodeFileSystem }: ReadUndoRecordOptions = {},
): Promise<UndoRecord | undefined> {
  const found = await findUndoRecord(resolve(undoPath), fileSystem);
  return typeof found === 'string' ? undefined : found;
}

/**
 * The record at a path; `'void'` where its checksum is wrong, as while it is being written; `'foreign'` for what is no file, which
 * nobody wrote as a record.
 */
export async function findUndoRecord(
  undoPath: string,
  fileSystem: FileSystem,
): Promise<UndoRecord | 'void' | 'foreign' | undefined> {
  let handle: FileHandleLike;
  try {
    handle = await fileSystem.open(undoPath, READ_ONLY);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    // a link, or a socket
    if (hasCode(error, 'ELOOP', 'ENXIO')) return 'foreign';
    throw error;
  }
  return await closeAfter(handle, async () => {
    const stats = await handle.stat();
    if (!stats.isFile()) return 'foreign';
    const { size } = stats;
    return decode(await readRange(handle, 0, size), undoPath);
  });
}

/** The record of an open file whose bytes from `from` on are going to change. */
export async function takeUndoRecord(
  handle: FileHandleLike,
  path: string,
  size: number,
  from: number,
): Promise<UndoRecord> {
  const at = from - (from % PAGE_SIZE);
  const start = Math.max(0, at - PAGE_SIZE);
  const end = await readRange(handle, start, size - start);
  if (start + end.length !== size) {
    const message = `${path} had ${size} bytes and now ends after ${start + end.length}; another program changes it. Lock it.`;
    throw new FsError('FS_SIZE_MISMATCH', path, message);
  }
  const bytes = end.subarray(at - start);
  return { size, at, bytes, prefixHash: sha256(end.subarray(0, at - start)).toString('hex') };
}

/** Whether a record was taken of this file, as far as the page before its bytes tells: for readers who take no lock. */
export async function fitsUndoRecord(
  handle: FileHandleLike,
  { at, prefixHash }: UndoRecord,
): Promise<boolean> {
  // which file this is, whatever disk it was copied to
  const length = Math.min(at, PAGE_SIZE);
  const prefix = await readRange(handle, at - length, length);
  // of a file that ends before, the hash of what is left proves nothing
  return prefix.length === length && sha256(prefix).toString('hex') === prefixHash;
}

/**
 * Puts a record in force: when it resolves, the record survives a power failure. Where it fails, the record is removed.
 *
 * @throws {@link FsError} `FS_UNDO_EXISTS`, `FS_SHORT_WRITE`, `FS_SIZE_MISMATCH`
 */
export async function writeUndoRecord(
  undoPath: string,
  record: UndoRecord,
  settings: RecordSettings,
): Promise<void> {
  const { durability, fileSystem } = settings;
  const handle = await create(undoPath, fileSystem);
  try {
    // at the same time: a name without its content was never in force, and a content without its name is none
    await all([
      closeAfter(handle, () => fill(handle, undoPath, encode(record), durability)),
      ...(durability === 'full' ? [syncDirectory(dirname(undoPath), { fileSystem })] : []),
    ]);
  } catch (error) {
    throw await afterCleaning(error, discardUndoRecord(undoPath, settings));
  }
}

/** Removes a record of a file that is untouched; the failure of that becomes `FS_UNDO_LEFT`. */
export async function discardUndoRecord(undoPath: string, settings: RecordSettings): Promise<void> {
  await orUndoLeft(undoPath, () => removeUndoRecord(undoPath, settings));
}

/** Runs a step that ends in the removal of a record, and says of its failure that the record stays. */
export async function orUndoLeft(undoPath: string, step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (cause) {
    // That is thrown when the record has been removed
    if (hasCode(cause, 'FS_UNCONFIRMED')) throw cause;
    const message = `The undo record ${undoPath} stays, because undoing failed too: ${messageOf(cause)}. Recover the file before using it.`;
    throw new FsError('FS_UNDO_LEFT', undoPath, message, { cause });
  }
}

/** Removes a record, also one that is gone already, and resolves after the directory is synced. */
export async function removeUndoRecord(
  undoPath: string,
  { durability, fileSystem }: RecordSettings,
): Promise<void> {
  await fileSystem.unlink(undoPath).catch((error: unknown) => {
    if (!hasCode(error, 'ENOENT')) throw error;
  });
  if (durability === 'relaxed') return;
  await confirmChange(undoPath, () => syncDirectory(dirname(undoPath), { fileSystem }));
}

/** Waits for all, also where one fails; then throws what failed. */
async function all(steps: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(steps);
  throwJoined(
    results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : [])),
  );
}

async function create(undoPath: string, fileSystem: FileSystem): Promise<FileHandleLike> {
  try {
    return await fileSystem.open(undoPath, 'wx', MODE);
  } catch (cause) {
    if (!hasCode(cause, 'EEXIST')) throw cause;
    const message = `An undo record stands at ${undoPath}: recover its file first.`;
    throw new FsError('FS_UNDO_EXISTS', undoPath, message, { cause });
  }
}

async function fill(
  handle: FileHandleLike,
  undoPath: string,
  bytes: Uint8Array,
  durability: Durability,
): Promise<void> {
  await writeAll(handle, undoPath, bytes, 0);
  const { size, mode } = await handle.stat();
  if (size !== bytes.length) {
    const message = `${undoPath} has ${size} bytes after ${bytes.length} were written; the disk or another program changed it.`;
    throw new FsError('FS_SIZE_MISMATCH', undoPath, message);
  }
  // The umask may have taken bits away, and then nobody could recover
  if ((mode & 0o7777) !== MODE) await whereModesExist(handle.chmod(MODE));
  if (durability === 'full') await handle.sync();
}

function encode({ size, at, bytes, prefixHash }: UndoRecord): Uint8Array {
  const header = Buffer.alloc(HEADER_LENGTH);
  header.write(MAGIC, 0, 'latin1');
  header.writeUInt32LE(VERSION, 8);
  header.writeBigUInt64LE(BigInt(size), 12);
  header.writeBigUInt64LE(BigInt(at), 20);
  header.write(prefixHash, 28, 'hex');
  return Buffer.concat([header, bytes, sha256(header, bytes)]);
}

function decode(file: Uint8Array, undoPath: string): UndoRecord | 'void' {
  const end = file.length - HASH_LENGTH;
  if (end < HEADER_LENGTH || !sha256(file.subarray(0, end)).equals(file.subarray(end))) {
    return 'void';
  }
  const header = Buffer.from(file.buffer, file.byteOffset, HEADER_LENGTH);
  const bytes = file.subarray(HEADER_LENGTH, end);
  const size = Number(header.readBigUInt64LE(12));
  const at = Number(header.readBigUInt64LE(20));
  const known = header.toString('latin1', 0, 8) === MAGIC && header.readUInt32LE(8) === VERSION;
  const isPlace = Number.isSafeInteger(size) && at % PAGE_SIZE === 0;
  if (!known || !isPlace || at + bytes.length !== size) {
    const message = `The undo record ${undoPath} is whole, but not of a kind this version knows; recover with the version that wrote it.`;
    throw new FsError('FS_UNDO_VERSION', undoPath, message);
  }
  return { size, at, bytes, prefixHash: header.toString('hex', 28, HEADER_LENGTH) };
}

function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
