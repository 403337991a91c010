import { constants } from 'node:fs';
import { type FileHandleLike, type FileSystem, readRange } from '@tgstore/fs';
import { hasCode } from './errors.ts';

// a FIFO must not keep us waiting for its other end; Windows has neither flag
const AS_IT_IS = (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);

export const READ_ONLY = constants.O_RDONLY | AS_IT_IS;
export const READ_WRITE = constants.O_RDWR | constants.O_CREAT | AS_IT_IS;

/** Opens a record of ours; `undefined` where there is none, `'foreign'` for what stands in its place and is no file. */
export async function openRecord(
  fileSystem: FileSystem,
  path: string,
): Promise<FileHandleLike | 'foreign' | undefined> {
  try {
    const handle = await fileSystem.open(path, READ_ONLY);
    let isFile = false;
    try {
      isFile = (await handle.stat()).isFile();
      return isFile ? handle : 'foreign';
    } finally {
      if (!isFile) await handle.close();
    }
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    // a link or a socket
    if (hasCode(error, 'ELOOP') || hasCode(error, 'ENXIO')) return 'foreign';
    throw error;
  }
}

/** The first bytes of a record, as {@link openRecord}. */
export async function readRecord(
  fileSystem: FileSystem,
  path: string,
  maxBytes: number,
): Promise<Buffer | 'foreign' | undefined> {
  const handle = await openRecord(fileSystem, path);
  if (!handle || handle === 'foreign') return handle;
  try {
    return await readFully(handle, 0, maxBytes);
  } finally {
    await handle.close();
  }
}

/** The bytes of a file from `start` to `end`, or to its end where that comes before. */
export async function readFully(
  handle: FileHandleLike,
  start: number,
  end: number,
): Promise<Buffer> {
  const { buffer, byteOffset, byteLength } = await readRange(handle, start, end - start);
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** The whole lines of a file, without their newlines; a last one without newline is left out. */
export async function* linesOf(
  handle: FileHandleLike,
  start = 0,
): AsyncGenerator<{ readonly line: Buffer; readonly offset: number }> {
  let offset = start;
  let pieces: Buffer[] = [];
  for (let position = start; ; ) {
    const chunk = await readFully(handle, position, position + CHUNK_BYTES);
    if (chunk.length === 0) return;
    position += chunk.length;
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      pieces.push(chunk.subarray(from, end));
      const line = pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
      pieces = [];
      yield { line, offset };
      offset += line.length + 1;
      from = end + 1;
    }
    if (from < chunk.length) pieces.push(chunk.subarray(from));
  }
}

const NEWLINE = 0x0a;
const CHUNK_BYTES = 256 * 1024;
