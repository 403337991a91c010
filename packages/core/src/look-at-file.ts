import type { FileSystem } from '@tgstore/fs';
import { hasCode } from './errors.ts';
import type { FileIdentity } from './file-snapshot.ts';

export interface FileState extends FileIdentity {
  /** When anything about the file changed, its name too. */
  readonly changedNs: bigint;
  /** Under which of its names it stands, where that counts. */
  readonly path?: string | undefined;
}

/** The state of a regular file; `undefined` for everything else, and where there is nothing. */
export async function lookAtFile(
  path: string,
  fileSystem: FileSystem,
): Promise<FileState | undefined> {
  try {
    const stats = await fileSystem.lstat(path, { bigint: true });
    if (!stats.isFile()) return undefined;
    const { ino, size, mtimeNs, ctimeNs } = stats;
    return { inode: ino, size, modifiedNs: mtimeNs, changedNs: ctimeNs };
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}
