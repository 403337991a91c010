import { hasCode, joinErrors } from './errors.ts';
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
  try {
    await handle.sync().catch(unlessUnsupported);
  } catch (error) {
    const closing = await handle.close().then(
      () => [],
      (failure: unknown) => [failure],
    );
    throw joinErrors([error, ...closing]);
  }
  await handle.close();
}

/** POSIX: EINVAL says that what was opened can't be synced; there is nothing that could have failed. */
function unlessUnsupported(error: unknown): void {
  if (!hasCode(error, 'EINVAL')) throw error;
}
