import { resolve } from 'node:path';
import { closeAfter } from './close-after.ts';
import { hasCode } from './errors.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { SharedRuns } from './shared-runs.ts';

/** Options of {@link syncDirectory}. */
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
  const directory = resolve(path);
  const sync = (): Promise<void> => openAndSync(directory, fileSystem);
  await (shared.get(fileSystem)?.join(directory, sync) ?? sync());
}

/**
 * The same file system for those who write many files at the same time: {@link syncDirectory}, whoever calls it with the result, shares
 * the syncs of a directory, and their failures. One that never ends holds up all.
 */
export function shareSyncs(fileSystem: FileSystem): FileSystem {
  const methods = METHODS.map((name) => [name, fileSystem[name].bind(fileSystem)]);
  const own = { platform: fileSystem.platform, ...Object.fromEntries(methods) } as FileSystem;
  shared.set(own, new SharedRuns());
  return own;
}

const METHODS = [
  'open',
  'rename',
  'link',
  'unlink',
  'mkdir',
  'rmdir',
  'chmod',
  'readdir',
  'stat',
  'lstat',
] as const satisfies readonly Exclude<keyof FileSystem, 'platform'>[];

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
