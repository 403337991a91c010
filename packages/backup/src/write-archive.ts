import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Encrypter } from 'age-encryption';
import type { ArchiveName } from './archive-name.ts';
import { compressor } from './compression.ts';
import type { BackupContents } from './contents.ts';
import { encrypt } from './encryption.ts';
import {
  MANIFEST_NAME,
  type ManifestFile,
  makeManifest,
  serializeManifest,
  type WholeArchive,
} from './manifest.ts';
import { END_OF_ARCHIVE, snapshotEntry, wholeEntry } from './tar-entries.ts';

export interface WriteArchiveOptions {
  readonly encrypter: Encrypter | undefined;
  readonly signal: AbortSignal | undefined;
  /** Called after each file. */
  readonly onFile: ((file: ManifestFile) => void) | undefined;
}

/** Writes an archive of all files that `contents` has, the manifest last, in bounded memory. */
export async function writeArchive(
  name: ArchiveName,
  contents: BackupContents,
  write: (chunk: Uint8Array) => Promise<void>,
  { encrypter, signal, onFile }: WriteArchiveOptions,
): Promise<WholeArchive> {
  const files: ManifestFile[] = [];
  const hash = createHash('sha256');
  let size = 0;
  const tar = tarOf(name, contents, (file) => {
    files.push(file);
    onFile?.(file);
  });
  let failure: unknown;
  try {
    await pipeline(
      Readable.from(tar, { objectMode: false, highWaterMark: 1024 * 1024 }),
      compressor(name.compression, name.name),
      async (compressed: AsyncIterable<Uint8Array>) => {
        for await (const chunk of encrypter ? encrypt(encrypter, compressed) : compressed) {
          hash.update(chunk);
          size += chunk.length;
          await write(chunk).catch((error: unknown) => {
            failure = error;
            throw error;
          });
        }
      },
      { signal },
    );
  } catch (error) {
    // of a full disk the pipeline would only say that it was aborted
    if (failure !== undefined) throw failure;
    signal?.throwIfAborted();
    throw error;
  }
  return { manifest: makeManifest(name, files), size, sha256: hash.digest('hex') };
}

async function* tarOf(
  name: ArchiveName,
  contents: BackupContents,
  onFile: (file: ManifestFile) => void,
): AsyncGenerator<Uint8Array> {
  const mtime = new Date(name.createdAt);
  const files: ManifestFile[] = [];
  for await (const opened of contents.snapshots()) {
    await using snapshot = opened;
    const file = yield* snapshotEntry(snapshot, mtime);
    files.push(file);
    onFile(file);
  }
  const manifest = Buffer.from(serializeManifest(makeManifest(name, files)));
  yield* wholeEntry(MANIFEST_NAME, manifest, mtime);
  yield END_OF_ARCHIVE;
}
