import { closeAfter } from './close-after.ts';
import { hasCode } from './errors.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';

export interface SyncDirectoryOptions {
  /** The calls that reach the disk. @default nodeFileSystem */
  readonly fileSystem?: FileSystem | undefined;
}

/**
 * Makes the names in a directory durable: files created, renamed and removed in it before stay so after a power
 * failure. Windows has no such call, and neither have some file systems (EINVAL): there it resolves having done nothing.
 */
export async function syncDirectory(
  path: string,
  { fileSystem = nodeFileSystem }: SyncDirectoryOptions = {},
): Promise<void> {
  const absent = fileSystem.platform === 'win32' ? ['EPERM', 'EISDIR', 'EACCES'] : [];
  try {
    await openAndSync(path, fileSystem);
  } catch (error) {
    if (!hasCode(error, ...absent)) throw error;
  }
}

async function openAndSync(path: string, fileSystem: FileSystem): Promise<void> {
  const handle = await fileSystem.open(path, 'r');
  await closeAfter(handle, () => handle.sync().catch(unlessUnsupported));
}

/** POSIX: EINVAL says that what was opened can't be synced; there is nothing that could have failed. */
function unlessUnsupported(error: unknown): void {
  if (!hasCode(error, 'EINVAL')) throw error;
}
