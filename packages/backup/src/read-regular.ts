import { createReadStream } from 'node:fs';
import * as fs from 'node:fs/promises';
import { BackupError, hasCode } from './errors.ts';

/**
 * The bytes of a file, in chunks.
 *
 * @throws as {@link assertRegular}
 */
export async function* readRegular(
  path: string,
  { chunkBytes, shownPath }: { readonly chunkBytes: number; readonly shownPath?: string },
): AsyncGenerator<Uint8Array> {
  await assertRegular(path, shownPath);
  for await (const chunk of createReadStream(path, { highWaterMark: chunkBytes })) yield chunk;
}

/**
 * To be called before a file is opened: to open a FIFO waits for whoever writes into it, and a device has no end.
 *
 * @throws {@link BackupError} `BACKUP_DAMAGED` for what is no file; `EISDIR`, `ENOENT`
 */
export async function assertRegular(path: string, shownPath = path): Promise<void> {
  const stats = await fs.stat(path).catch((error: unknown) => {
    // a link that leads to itself
    if (!hasCode(error, 'ELOOP')) throw error;
    return undefined;
  });
  if (stats?.isFile()) return;
  if (stats?.isDirectory()) {
    const message = `EISDIR: ${shownPath} is a directory, no file`;
    throw Object.assign(new Error(message), { code: 'EISDIR', path: shownPath });
  }
  const message = `${shownPath} is no regular file; move it away`;
  throw new BackupError('BACKUP_DAMAGED', shownPath, message);
}
