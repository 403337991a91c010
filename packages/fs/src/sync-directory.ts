import { resolve } from 'node:path';
import { closeAfter } from './close-after.ts';
import { hasCode } from './errors.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { SharedRuns } from './shared-runs.ts';

export interface SyncDirectoryOptions {
  /** The calls that reach the disk. @default nodeFileSystem */
  readonly fileSystem?: FileSystem | undefined;
}

/**
 * Makes the names in a directory durable: files created, renamed and removed in it before stay so after a power
 * failure. Windows has no such call, and neither have some file systems (EINVAL): there it resolves having done nothing.
 *
 * Those who call it for one directory at the same time share the syncs, and their failures.
 */
export async function syncDirectory(
  path: string,
  { fileSystem = nodeFileSystem }: SyncDirectoryOptions = {},
): Promise<void> {
  const directory = resolve(path);
  await syncsOf(fileSystem).join(directory, () => openAndSync(directory, fileSystem));
}

function syncsOf(fileSystem: FileSystem): SharedRuns {
  const known = shared.get(fileSystem) ?? new SharedRuns();
  shared.set(fileSystem, known);
  return known;
}

const shared = new WeakMap<FileSystem, SharedRuns>();

async function openAndSync(path: string, fileSystem: FileSystem): Promise<void> {
  const absent = fileSystem.platform === 'win32' ? ['EPERM', 'EISDIR', 'EACCES'] : [];
  try {
    const handle = await fileSystem.open(path, 'r');
    await closeAfter(handle, () => handle.sync().catch(unlessUnsupported));
  } catch (error) {
    if (!hasCode(error, ...absent)) throw error;
  }
}

/** POSIX: EINVAL says that what was opened can't be synced; there is nothing that could have failed. */
function unlessUnsupported(error: unknown): void {
  if (!hasCode(error, 'EINVAL')) throw error;
}
