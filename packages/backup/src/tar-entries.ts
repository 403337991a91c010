import { createHash } from 'node:crypto';
import { Header, Pax } from 'tar';
import type { FileSnapshot } from './contents.ts';
import { BackupError } from './errors.ts';
import type { ManifestFile } from './manifest.ts';

/** The bytes of a tar entry whose content is at hand. */
export function* wholeEntry(name: string, content: Uint8Array, mtime: Date): Generator<Uint8Array> {
  yield header(name, content.length, mtime);
  yield content;
  yield padding(content.length);
}

/** The bytes of a tar entry; returns what the manifest says of it. */
export async function* snapshotEntry(
  snapshot: FileSnapshot,
  mtime: Date,
): AsyncGenerator<Uint8Array, ManifestFile> {
  const { name, size, facts } = snapshot;
  const hash = createHash('sha256');
  let read = 0;
  yield header(name, size, mtime);
  for await (const chunk of snapshot.bytes()) {
    read += chunk.length;
    hash.update(chunk);
    yield chunk;
  }
  if (read !== size) {
    const message = `${name} gave ${read} bytes of ${size}; make the backup again`;
    throw new BackupError('BACKUP_DAMAGED', name, message);
  }
  yield padding(size);
  return { name, size, sha256: hash.digest('hex'), ...facts };
}

/** What ends an archive: two blocks of zeros. */
export const END_OF_ARCHIVE = new Uint8Array(1024);

/** The same for everybody who makes it: no owner, one mode, one time. */
function header(name: string, size: number, mtime: Date): Uint8Array {
  // of 100 bytes node-tar would make a directory and a name
  const isLong = Buffer.byteLength(name) >= NAME_SIZE;
  const path = isLong ? name.slice(0, SHORT_NAME) : name;
  const block = new Header({ path, size, mtime, mode: 0o600, type: 'File' });
  block.encode();
  const bytes = block.block ?? new Uint8Array();
  // longer names, and sizes from 8 GiB on, stand in an entry before it
  if (!isLong && !block.needPax) return bytes;
  return Buffer.concat([new Pax({ path: name, size }).encode(), bytes]);
}

function padding(size: number): Uint8Array {
  return new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK);
}

const BLOCK = 512;
const NAME_SIZE = 100;
/** In characters, of up to four bytes. */
const SHORT_NAME = 24;
