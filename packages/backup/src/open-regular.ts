import { constants } from 'node:fs';
import * as fs from 'node:fs/promises';
import { BackupError, hasCode } from './errors.ts';

/**
 * Opens a file for reading; a FIFO must not keep us waiting, and a device has no end.
 *
 * @throws {@link BackupError} `BACKUP_DAMAGED` for what is no file; `EISDIR`
 */
export async function openRegular(path: string, shownPath = path): Promise<fs.FileHandle> {
  const { O_RDONLY, O_NONBLOCK = 0 } = constants;
  const refuse = (cause?: unknown): never => {
    const message = `${shownPath} is no regular file; move it away`;
    throw new BackupError('BACKUP_DAMAGED', shownPath, message, { cause });
  };
  const handle = await fs.open(path, O_RDONLY | O_NONBLOCK).catch((error: unknown) => {
    // a socket, or a link that leads to itself
    if (hasCode(error, 'ENXIO', 'ELOOP')) return refuse(error);
    throw error;
  });
  try {
    const stats = await handle.stat();
    if (stats.isDirectory()) {
      const message = `EISDIR: ${shownPath} is a directory, no file`;
      throw Object.assign(new Error(message), { code: 'EISDIR', path: shownPath });
    }
    return stats.isFile() ? handle : refuse();
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The bytes of a file, in chunks. @throws as {@link openRegular} */
export async function* readRegular(
  path: string,
  { chunkBytes, shownPath }: { readonly chunkBytes: number; readonly shownPath?: string },
): AsyncGenerator<Uint8Array> {
  await using handle = await openRegular(path, shownPath);
  for (;;) {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    const { bytesRead } = await handle.read(chunk, 0, chunkBytes, null);
    if (bytesRead === 0) return;
    yield chunk.subarray(0, bytesRead);
  }
}
