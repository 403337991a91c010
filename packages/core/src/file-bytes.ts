import { constants } from 'node:fs';
import { type FileHandleLike, readRange } from '@tgstore/fs';

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

// a FIFO must not keep us waiting for its other end; Windows has neither flag
export const READ_ONLY =
  constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);
