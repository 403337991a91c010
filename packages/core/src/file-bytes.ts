import { constants } from 'node:fs';
import type { FileHandleLike } from '@tgstore/fs';

/** The bytes of a file from `start` to `end`, or to its end where that comes before. */
export async function readFully(
  handle: FileHandleLike,
  start: number,
  end: number,
): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(end - start);
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, start + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

/** Writes all bytes at `position`; what fits on a full disk only in part is an error. */
export async function writeFully(
  handle: FileHandleLike,
  bytes: Uint8Array,
  position: number,
  path: string,
): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const left = bytes.length - done;
    const { bytesWritten } = await handle.write(bytes, done, left, position + done);
    if (bytesWritten <= 0) throw new Error(`${path}: the disk took no more bytes`);
    done += bytesWritten;
  }
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
