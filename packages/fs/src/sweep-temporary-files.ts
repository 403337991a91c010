import { join, resolve } from 'node:path';
import { hasCode, throwJoined } from './errors.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { isTemporaryName, processDomain, temporaryOwner } from './temp-name.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Options of {@link sweepTemporaryFiles}. */
export interface SweepTemporaryFilesOptions {
  /** Age from which a temporary file is removed whoever made it, in milliseconds. @default 86_400_000 (24 hours) */
  readonly maxAgeMs?: number | undefined;
  /** The present, in milliseconds since 1970. @default Date.now() */
  readonly now?: number | undefined;
  /** The calls that reach the disk. @default nodeFileSystem */
  readonly fileSystem?: FileSystem | undefined;
}

/**
 * Removes the temporary files that killed processes left in a directory and returns their names. Directories below
 * it are not looked into.
 *
 * A file goes if its maker is proved dead (same boot and pid namespace, or same host name outside of Linux, and no
 * process has its pid), or if it was last written longer than `maxAgeMs` ago: a live pid may be that of a later
 * process, and of the processes of other machines and containers nothing is known.
 *
 * This never loses a finished write: that has a name which is not temporary, by a rename, after which the temporary
 * name is gone, or by a link, of which the temporary name is only a second name. Where a file that is still being
 * written is older than `maxAgeMs`, its publishing fails with `ENOENT` and its target stays as it was.
 *
 * What disappears meanwhile is ignored. It goes through all files before it throws what failed.
 */
export async function sweepTemporaryFiles(
  directory: string,
  {
    maxAgeMs = DAY_MS,
    now = Date.now(),
    fileSystem = nodeFileSystem,
  }: SweepTemporaryFilesOptions = {},
): Promise<string[]> {
  const names = (await fileSystem.readdir(directory)).filter(isTemporaryName);
  const removed: string[] = [];
  const errors: unknown[] = [];
  for (const name of names) {
    const path = join(resolve(directory), name);
    try {
      const found = await fileSystem.lstat(path);
      if (!found.isFile()) continue;
      if (!makerIsDead(name) && now - found.mtimeMs <= maxAgeMs) continue;
      await fileSystem.unlink(path);
      removed.push(name);
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) errors.push(error);
    }
  }
  throwJoined(errors);
  return removed;
}

function makerIsDead(name: string): boolean {
  const owner = temporaryOwner(name);
  if (owner?.domain !== processDomain()) return false;
  try {
    process.kill(owner.pid, 0);
    return false;
  } catch (error) {
    // EPERM is a living process of another user
    return hasCode(error, 'ESRCH');
  }
}
