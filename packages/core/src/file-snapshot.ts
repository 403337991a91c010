// One state of a conversation file, while other processes may append to it in place.
// 1. Up to the end of the last message a file never changes; only the tail behind it does, while an undo record has the old one.
// 2. So the tail is kept in memory: from the record where one is in force, else from the file, if after a look that no record
//    is in force it reads the same once more, and the file is no longer or later than it was at first.

import {
  type FileHandleLike,
  type FileSystem,
  fitsUndoRecord,
  nodeFileSystem,
  readUndoRecord,
  type UndoRecord,
} from '@tgstore/fs';
import { hasCode, StoreError } from './errors.ts';
import { READ_ONLY, readFully } from './file-bytes.ts';
import { findTail } from './find-tail.ts';
import { invalidFile, notRegular } from './invalid-file.ts';

/** What tells whether a file is still the one it was: a write gives another identity. */
export interface FileIdentity {
  /** Inode. */
  readonly inode: bigint;
  /** In bytes. */
  readonly size: bigint;
  /** When it was last changed, in nanoseconds since 1970. */
  readonly modifiedNs: bigint;
}

export interface SnapshotOptions {
  /** @default nodeFileSystem */
  readonly fileSystem?: FileSystem | undefined;
  /** Where the undo record of the file is, while it is appended to. @default nobody appends to it */
  readonly undoPath?: string | undefined;
}

/** Bytes of a file that are kept in memory, from `at` to its end. */
interface KeptTail {
  readonly at: number;
  readonly bytes: Uint8Array;
  /** Whether another one is taking its place. */
  readonly isReplaced: boolean;
}

/** No file below this size is appended to in place, so its readers need not look for an undo record. Part of the format. */
export const SMALLEST_IN_PLACE = 256 * 1024;

export class FileSnapshot implements AsyncDisposable {
  readonly path: string;
  /** Bytes of the state; of the file they may be fewer or more, while it is appended to. */
  readonly size: number;
  readonly identity: FileIdentity;
  /** How many names the file has. */
  readonly links: number;
  readonly #handle: FileHandleLike;
  #kept: KeptTail | undefined;

  private constructor(
    path: string,
    handle: FileHandleLike,
    stats: Stats,
    kept: KeptTail | undefined,
  ) {
    this.path = path;
    this.size = kept ? kept.at + kept.bytes.length : Number(stats.size);
    const modifiedNs = kept?.isReplaced ? NEVER_AGAIN : stats.mtimeNs;
    this.identity = { inode: stats.ino, size: BigInt(this.size), modifiedNs };
    this.links = Number(stats.nlink);
    this.#handle = handle;
    this.#kept = kept;
  }

  /** Opens for reading; errors of the file system pass through. Links are not followed, they may lead anywhere. */
  static async open(
    path: string,
    { fileSystem = nodeFileSystem, undoPath }: SnapshotOptions = {},
  ): Promise<FileSnapshot> {
    for (let attempts = ATTEMPTS; attempts > 0; attempts -= 1) {
      const snapshot = await FileSnapshot.#open(path, fileSystem, undoPath);
      if (snapshot) return snapshot;
    }
    const message = `${path} was replaced or appended to whenever it was looked at; try again`;
    throw new StoreError('STORE_CHANGED', path, message);
  }

  /** `undefined` where it was changed meanwhile. */
  static async #open(
    path: string,
    fileSystem: FileSystem,
    undoPath: string | undefined,
  ): Promise<FileSnapshot | undefined> {
    const handle = await fileSystem.open(path, READ_ONLY).catch((error: unknown) => {
      throw hasCode(error, 'ELOOP') || hasCode(error, 'ENXIO') ? notRegular(path, error) : error;
    });
    let snapshot: FileSnapshot | undefined;
    try {
      const stats = await handle.stat({ bigint: true });
      if (!stats.isFile()) throw notRegular(path);
      const mayChange = undoPath !== undefined && stats.size >= SMALLEST_IN_PLACE;
      const kept = mayChange
        ? await keepTail({ path, fileSystem, undoPath, handle, stats })
        : NOTHING;
      if (kept)
        snapshot = new FileSnapshot(path, handle, stats, kept === NOTHING ? undefined : kept);
      return snapshot;
    } finally {
      if (!snapshot) await handle.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }

  /** Reads all of it into memory, for who needs all of a small file. */
  async keepWhole(): Promise<void> {
    if (this.#kept?.at !== 0)
      this.#kept = { at: 0, bytes: await this.read(0, this.size), isReplaced: false };
  }

  /** The bytes from `start` to `end`. @throws {@link StoreError} `STORE_INVALID_FILE` where the file was cut meanwhile */
  async read(start: number, end: number): Promise<Buffer> {
    const kept = this.#kept;
    if (kept && start >= kept.at)
      return buffer(kept.bytes.subarray(start - kept.at, end - kept.at));
    const inFile = await readFully(this.#handle, start, kept ? Math.min(end, kept.at) : end);
    const more = kept && end > kept.at ? kept.bytes.subarray(0, end - kept.at) : undefined;
    const bytes = more ? Buffer.concat([inFile, more]) : inFile;
    if (bytes.length === end - start) return bytes;
    throw invalidFile(this.path, `it was cut to ${start + inFile.length} bytes while it was read`);
  }
}

interface Stats {
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly nlink: bigint;
}

interface OpenFile {
  readonly path: string;
  readonly fileSystem: FileSystem;
  readonly undoPath: string;
  readonly handle: FileHandleLike;
  readonly stats: Stats;
}

/** `undefined` where it was changed meanwhile. */
async function keepTail(file: OpenFile): Promise<KeptTail | typeof NOTHING | undefined> {
  const { path, fileSystem, handle, stats } = file;
  const record = await recordInForce(file);
  if (record) {
    // of a file that has taken the place of this one it would say nothing
    const now = await fileSystem.lstat(path, { bigint: true });
    if (now.ino !== stats.ino) return undefined;
    const { at, bytes } = record;
    return { at, bytes, isReplaced: true };
  }
  const size = Number(stats.size);
  const tail = await findTail((start, end) => readFully(handle, start, end), size);
  if (await recordInForce(file)) return undefined;
  const again = tail && (await readFully(handle, tail.messagesEnd, size));
  // where it was appended to since the first look, both reads ended too early; a torn tail looks like another layout, which nobody appends to
  const now = await handle.stat({ bigint: true });
  if (now.size !== stats.size || now.mtimeNs !== stats.mtimeNs) return undefined;
  if (!tail || !again) return NOTHING;
  const { messagesEnd: at, bytes } = tail;
  if (!bytes.equals(again) || at + bytes.length !== size) return undefined;
  return { at, bytes, isReplaced: false };
}

async function recordInForce({
  handle,
  undoPath,
  fileSystem,
}: OpenFile): Promise<UndoRecord | undefined> {
  const record = await readUndoRecord(undoPath, { fileSystem });
  // one that does not fit is left for recovery, which leaves the file as it is
  return record && (await fitsUndoRecord(handle, record)) ? record : undefined;
}

function buffer({ buffer: bytes, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(bytes, byteOffset, byteLength);
}

/** No time of a file: what is being replaced must not be taken for what follows, should that be as long. */
const NEVER_AGAIN = -1n;
const NOTHING = Symbol('nothing is kept');
const ATTEMPTS = 100;
