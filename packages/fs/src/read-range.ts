import type { FileHandleLike } from './file-system.ts';

/** The bytes at a position, however many calls that takes; fewer where the file ends before. */
export async function readRange(
  handle: FileHandleLike,
  position: number,
  length: number,
): Promise<Uint8Array> {
  // not filled with zeros first: what is not read is not handed out
  const bytes = new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}
