import { FsError } from './errors.ts';
import type { FileHandleLike } from './file-system.ts';

/**
 * Writes all the bytes at a position, however many calls that takes.
 *
 * @throws {@link FsError} `FS_SHORT_WRITE` when a call took none of them.
 */
export async function writeAll(
  handle: FileHandleLike,
  path: string,
  bytes: Uint8Array,
  position: number,
): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const left = bytes.length - done;
    const { bytesWritten } = await handle.write(bytes, done, left, position + done);
    if (!(bytesWritten > 0 && bytesWritten <= left)) {
      const message = `Writing ${left} bytes to ${path} wrote ${bytesWritten}; is the disk full or its quota used up?`;
      throw new FsError('FS_SHORT_WRITE', path, message);
    }
    done += bytesWritten;
  }
}
