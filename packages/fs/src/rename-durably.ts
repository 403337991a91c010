import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Durability } from './durability.ts';
import { confirmChange, hasCode } from './errors.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { syncDirectory } from './sync-directory.ts';

const RETRY_FOR_MS = 2_000;

/** Options of {@link renameDurably}. */
export interface RenameDurablyOptions {
  /** `'relaxed'` leaves out the syncs of the directories. @default 'full' */
  readonly durability?: Durability | undefined;
  /** The calls that reach the disk. @default nodeFileSystem */
  readonly fileSystem?: FileSystem | undefined;
}

/**
 * Renames, replacing what is at `to`, and resolves after both directories are synced. The content is not: it must
 * have been synced before. On Windows a rename that others are in the way of is tried again for up to 2 seconds.
 *
 * @throws {@link FsError} `FS_UNCONFIRMED` when it was renamed, but a directory could not be synced.
 */
export async function renameDurably(
  from: string,
  to: string,
  { durability = 'full', fileSystem = nodeFileSystem }: RenameDurablyOptions = {},
): Promise<void> {
  const source = resolve(from);
  const target = resolve(to);
  await renamePatiently(source, target, fileSystem);
  if (durability === 'relaxed') return;
  // The new name first: at no instant is the file durably under neither
  for (const directory of new Set([dirname(target), dirname(source)])) {
    await confirmChange(target, () => syncDirectory(directory, { fileSystem }));
  }
}

/** Renames; on Windows waits for readers and virus scanners that hold the target open without sharing it. */
export async function renamePatiently(
  from: string,
  to: string,
  fileSystem: FileSystem,
): Promise<void> {
  const passing = fileSystem.platform === 'win32' ? ['EPERM', 'EACCES', 'EBUSY'] : [];
  const deadline = performance.now() + RETRY_FOR_MS;
  for (let pauseMs = 10; ; pauseMs = Math.min(pauseMs * 2, 200)) {
    try {
      return await fileSystem.rename(from, to);
    } catch (error) {
      if (!hasCode(error, ...passing) || performance.now() + pauseMs > deadline) throw error;
    }
    await sleep(pauseMs);
  }
}
