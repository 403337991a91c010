import { constants } from 'node:os';
import { hasCode } from './errors.ts';
import type { FileSystem } from './file-system.ts';

/**
 * What `link()` of a file we have just made, in a directory we have just written to, says where there are no hard
 * links: FAT, exFAT and some FUSE and network disks. EMLINK: even one link is too many. EISDIR: libuv for Windows'
 * "invalid function". EACCES and EINVAL are not among them: they have other causes, which must not be hidden.
 */
const NO_HARD_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EISDIR'];

/**
 * Gives a file a second name: true if it has it now, false if the file system has no hard links and nothing is at
 * `path`.
 */
export async function linkIfSupported(
  existing: string,
  path: string,
  fileSystem: FileSystem,
): Promise<boolean> {
  try {
    await fileSystem.link(existing, path);
    return true;
  } catch (error) {
    if (!hasCode(error, ...NO_HARD_LINKS)) throw error;
  }
  if (await exists(path, fileSystem)) throw existsError(existing, path);
  return false;
}

async function exists(path: string, fileSystem: FileSystem): Promise<boolean> {
  try {
    await fileSystem.lstat(path);
    return true;
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    return false;
  }
}

/** The error `link()` would have given. */
function existsError(existing: string, path: string): Error {
  const error = new Error(`EEXIST: file already exists, link '${existing}' -> '${path}'`);
  return Object.assign(error, {
    errno: -constants.errno.EEXIST,
    code: 'EEXIST',
    syscall: 'link',
    path: existing,
    dest: path,
  });
}
