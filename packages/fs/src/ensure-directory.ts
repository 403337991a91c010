import { dirname, resolve } from 'node:path';
import type { Durability } from './durability.ts';
import { hasCode } from './errors.ts';
import { whereModesExist } from './exact-mode.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { syncDirectory } from './sync-directory.ts';

/** Options of {@link ensureDirectory}. */
export interface EnsureDirectoryOptions {
  /** Mode of the directories it makes, exact whatever the umask. @default 0o700 */
  readonly mode?: number | undefined;
  /** `'relaxed'` leaves out the syncs of the parents. @default 'full' */
  readonly durability?: Durability | undefined;
  /** The calls that reach the disk. @default nodeFileSystem */
  readonly fileSystem?: FileSystem | undefined;
}

/**
 * Makes a directory and its missing parents, each durable before the next; those that exist keep their mode.
 * The name of the deepest one that exists is made durable too, if its parent may be read: whoever made it can have
 * died before its sync. A file in the way is `EEXIST` (at `path`) or `ENOTDIR` (above it).
 */
export async function ensureDirectory(
  path: string,
  { mode = 0o700, durability = 'full', fileSystem = nodeFileSystem }: EnsureDirectoryOptions = {},
): Promise<void> {
  await ensure(resolve(path), { mode, durability, fileSystem });
}

interface Settings {
  readonly mode: number;
  readonly durability: Durability;
  readonly fileSystem: FileSystem;
}

async function ensure(path: string, settings: Settings): Promise<void> {
  const parent = dirname(path);
  const made = await makeUnlessThere(path, settings).catch(async (error: unknown) => {
    if (!hasCode(error, 'ENOENT') || parent === path) throw error;
    await ensure(parent, settings);
    return await makeUnlessThere(path, settings);
  });
  if (settings.durability === 'relaxed') return;
  try {
    await syncDirectory(parent, settings);
  } catch (error) {
    // Who may not read the parent of an existing directory, or not write there, has hardly made it
    if (made || !hasCode(error, 'EACCES', 'EPERM', 'EROFS')) throw error;
  }
}

/** Whether it made the directory; false where there was one. */
async function makeUnlessThere(path: string, { mode, fileSystem }: Settings): Promise<boolean> {
  try {
    await fileSystem.mkdir(path, { mode });
  } catch (error) {
    // Systems differ in what they say of a directory that exists on a read-only disk, a mount point or a root
    if (hasCode(error, 'ENOENT') || !(await isDirectory(path, fileSystem))) throw error;
    return false;
  }
  await whereModesExist(fileSystem.chmod(path, mode));
  return true;
}

async function isDirectory(path: string, fileSystem: FileSystem): Promise<boolean> {
  try {
    return (await fileSystem.stat(path)).isDirectory();
  } catch {
    return false;
  }
}
