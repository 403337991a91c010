import { dirname, resolve } from 'node:path';
import { isUint8Array } from 'node:util/types';
import type { Durability } from './durability.ts';
import { afterCleaning } from './errors.ts';
import type { FileSystem } from './file-system.ts';
import { openTemporary } from './temporary-file.ts';

/** What a file is made of: text (written as UTF-8) or bytes, whole or in chunks. */
export type AtomicWriteData =
  | string
  | Uint8Array
  | Iterable<string | Uint8Array>
  | AsyncIterable<string | Uint8Array>;

/** Options of {@link atomicWrite}. */
export interface AtomicWriteOptions {
  /** Permissions of the file, exact whatever the umask and whatever the old file had. @default 0o600 */
  readonly mode?: number | undefined;
  /** `'relaxed'` leaves out all syncs. @default 'full' */
  readonly durability?: Durability | undefined;
  /** Fails with `EEXIST` where the path exists, instead of replacing it. @default false */
  readonly exclusive?: boolean | undefined;
  /** Stops between two chunks; rejects with `signal.reason`. Once the file has its name, it is not looked at. */
  readonly signal?: AbortSignal | undefined;
  /** Called when the content is complete, right before it gets its name: what it throws leaves the old file as it is. */
  readonly beforePublish?: (() => void) | undefined;
  /** The calls that reach the disk. @default nodeFileSystem */
  readonly fileSystem?: FileSystem | undefined;
}

/**
 * Replaces a file by new content, or makes it: at every instant, and after a crash at any instant, `path` is the
 * whole old or the whole new file. Resolves after file and directory are synced.
 *
 * The content is written to a temporary file in the same directory, counted, synced and renamed. The temporary file
 * is removed on every failure; where that fails too, an `AggregateError` has both errors. With `exclusive` it is
 * published by `link()`; see {@link TemporaryFile.publish} for file systems without hard links.
 *
 * @throws {@link FsError} `FS_SHORT_WRITE`, `FS_SIZE_MISMATCH` with the old file untouched; `FS_UNCONFIRMED` with
 * the new one in place. Errors of the file system and of the iterable pass through, with the old file untouched.
 *
 * @example
 * await atomicWrite('state.json', JSON.stringify({ count: 1 }));
 * await atomicWrite('state.json', '{}', { exclusive: true }); // throws: EEXIST
 */
export async function atomicWrite(
  path: string,
  data: AtomicWriteData,
  { mode, durability, exclusive, signal, beforePublish, fileSystem }: AtomicWriteOptions = {},
): Promise<void> {
  if (path === '') throw new TypeError('The path of a file must not be empty');
  const chunks = toChunks(data);
  signal?.throwIfAborted();
  const target = resolve(path);
  const temporary = await openTemporary(dirname(target), { mode, durability, fileSystem });
  try {
    for await (const chunk of chunks) {
      signal?.throwIfAborted();
      await temporary.write(chunk);
    }
    await temporary.finish();
    signal?.throwIfAborted();
    beforePublish?.();
    await temporary.publish(target, { exclusive });
  } catch (error) {
    throw await afterCleaning(error, temporary.discard());
  }
}

function toChunks(data: AtomicWriteData): Exclude<AtomicWriteData, string | Uint8Array> {
  if (typeof data === 'string' || isUint8Array(data)) return [data];
  const iterable = typeof data === 'object' && data !== null;
  if (iterable && (Symbol.iterator in data || Symbol.asyncIterator in data)) return data;
  throw new TypeError('The data must be a string, a Uint8Array or an iterable of them');
}
