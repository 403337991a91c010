// Reading an archive that may have been cut, changed, or made to do harm. Nothing of it is believed: each entry must have a
// plain name that no other one has, be a file, and be what the manifest says; the manifest must come last, and nothing after it.

import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { namePath } from '@tgstore/fs';
import type { ArchiveName } from './archive-name.ts';
import { decompressor, withoutEmptyFrame } from './compression.ts';
import { type DecryptionOptions, decrypt } from './encryption.ts';
import { BackupError, hasCode } from './errors.ts';
import type { WholeArchive } from './manifest.ts';
import { readRegular } from './read-regular.ts';
import { damaged, unsafe } from './refusal.ts';
import { type TakeFile, Unpacker } from './unpacker.ts';

export interface ReadArchiveOptions extends DecryptionOptions {
  readonly signal?: AbortSignal | undefined;
  /** The path that errors name, where it is read under another one. @default its path */
  readonly shownPath?: string | undefined;
  /** Called with the number of bytes of the archive that were read. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
  readonly onFile?: TakeFile | undefined;
}

/**
 * Reads a whole archive and proves that it has what its manifest says.
 *
 * @throws {@link BackupError} `BACKUP_DAMAGED`, `BACKUP_UNSAFE`, `BACKUP_TOO_NEW`, `BACKUP_NEEDS_KEY`, `BACKUP_WRONG_KEY`,
 * `BACKUP_UNSUPPORTED`
 */
export async function readArchive(
  path: string,
  name: ArchiveName,
  options: ReadArchiveOptions,
): Promise<WholeArchive> {
  const hash = createHash('sha256');
  let size = 0;
  const shown = options.shownPath ?? path;
  async function* archive(): AsyncGenerator<Uint8Array> {
    for await (const chunk of readRegular(path, { chunkBytes: READ_SIZE, shownPath: shown })) {
      hash.update(chunk);
      size += chunk.length;
      options.onProgress?.(size);
      yield chunk;
    }
  }
  const source = name.encrypted ? decrypt(archive(), options, shown) : archive();
  const unpacker = new Unpacker(shown, options.onFile);
  try {
    await decompress(source, name, shown, unpacker, options.signal);
  } catch (error) {
    await unpacker.abandon(error);
    throw explain(error, shown);
  }
  return { manifest: unpacker.finish(), size, sha256: hash.digest('hex') };
}

async function decompress(
  source: AsyncIterable<Uint8Array>,
  { compression }: ArchiveName,
  path: string,
  unpacker: Unpacker,
  signal: AbortSignal | undefined,
): Promise<void> {
  let compressed = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of compression === 'zstd' ? withoutEmptyFrame(source) : source) {
      compressed += chunk.length;
      yield chunk;
    }
  };
  const engine = decompressor(compression, path);
  let unpacked = 0;
  let failure: unknown;
  const unpack = async (tar: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of tar) {
      unpacked += chunk.length;
      if (unpacked > HARMLESS_SIZE && unpacked > compressed * MAX_RATIO) {
        throw unsafe(path, `it unpacks to more than ${MAX_RATIO} times its size`);
      }
      await unpacker.write(chunk);
    }
    await unpacker.end();
  };
  try {
    await pipeline(
      counted,
      engine,
      async (tar: AsyncIterable<Buffer>) => {
        await unpack(tar).catch((error: unknown) => {
          failure = error;
          throw error;
        });
      },
      { signal },
    );
  } catch (error) {
    signal?.throwIfAborted();
    // where the reader ends first, the pipeline only says that it was aborted or closed
    if (!hasCode(error, 'ABORT_ERR', 'ERR_STREAM_PREMATURE_CLOSE')) throw error;
    throw failure ?? damaged(path, 'something stands after its end');
  }
  const { bytesWritten } = engine as { bytesWritten?: number };
  if (bytesWritten !== undefined && bytesWritten < compressed) {
    throw damaged(path, `${compressed - bytesWritten} bytes stand after its end`);
  }
}

/** What the parsers say of broken bytes is one thing for those who keep backups. */
function explain(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || error instanceof BackupError) return error;
  const code = 'code' in error ? String(error.code) : '';
  const isOfParser = /^(?:Z_|TAR_|ERR_ZSTD|ZSTD_|ERR__ERROR)/.test(code) || 'tarCode' in error;
  if (!isOfParser) return namePath(error, path);
  // not as its cause: that carries what it took for the header of an entry, and may be text
  return damaged(path, `it is cut or changed (${error.message})`);
}

const READ_SIZE = 1024 * 1024;
/** Chats pack to a tenth or so; zeros to a thousandth. */
const MAX_RATIO = 250;
const HARMLESS_SIZE = 64 * 1024 * 1024;
