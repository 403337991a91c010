import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import type { Compression } from './archive-name.ts';
import { BackupError } from './errors.ts';

/** @throws {@link BackupError} `BACKUP_UNSUPPORTED` for zstd on a Node that lacks it (before 22.15) */
export function compressor(compression: Compression, path: string): Transform {
  if (compression === 'gzip') return zlib.createGzip({ level: GZIP_LEVEL, chunkSize: CHUNK });
  return create(zstd.createZstdCompress, path);
}

/** @throws {@link BackupError} `BACKUP_UNSUPPORTED` for zstd on a Node that lacks it (before 22.15) */
export function decompressor(compression: Compression, path: string): Transform {
  if (compression === 'gzip') return zlib.createGunzip({ chunkSize: CHUNK });
  return create(zstd.createZstdDecompress, path);
}

/**
 * What stands before the empty frame that Node writes at the end of a zstd stream which is ended while data waits: it reads
 * no more than one frame.
 */
export async function* withoutEmptyFrame(
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let held = Buffer.alloc(0);
  for await (const chunk of bytes) {
    const all = Buffer.concat([held, chunk]);
    const end = Math.max(0, all.length - EMPTY_FRAME.length);
    held = all.subarray(end);
    if (end > 0) yield all.subarray(0, end);
  }
  if (!held.equals(EMPTY_FRAME)) yield held;
}

function create(make: Make | undefined, path: string): Transform {
  if (make) return make({ chunkSize: CHUNK });
  const message = `${path}: zstd needs Node 22.15 or later; use gzip, or a newer Node`;
  throw new BackupError('BACKUP_UNSUPPORTED', path, message);
}

type Make = (options: { chunkSize: number }) => Transform;

// the types are those of the oldest Node we run on
const zstd = zlib as { readonly createZstdCompress?: Make; readonly createZstdDecompress?: Make };

/** What `tar -z` takes too. */
const GZIP_LEVEL = 6;
const CHUNK = 256 * 1024;
const EMPTY_FRAME = Buffer.from('28b52ffd2000010000', 'hex');
