import { dirname, resolve } from 'node:path';
import type { Durability } from './durability.ts';
import { confirmChange } from './errors.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { syncDirectory } from './sync-directory.ts';

/** Options of {@link removeDurably}. */
export interface RemoveDurablyOptions {
  /** `'relaxed'` leaves out the sync of the directory. @default 'full' */
  readonly durability?: Durability | undefined;
  /** The calls that reach the disk. @default nodeFileSystem */
  readonly fileSystem?: FileSystem | undefined;
}

/**
 * Removes a file and resolves after its directory is synced. `ENOENT` passes through.
 *
 * @throws {@link FsError} `FS_UNCONFIRMED` when it was removed, but the directory could not be synced.
 */
export async function removeDurably(
  path: string,
  { durability = 'full', fileSystem = nodeFileSystem }: RemoveDurablyOptions = {},
): Promise<void> {
  const target = resolve(path);
  await fileSystem.unlink(target);
  if (durability === 'relaxed') return;
  await confirmChange(target, () => syncDirectory(dirname(target), { fileSystem }));
}
