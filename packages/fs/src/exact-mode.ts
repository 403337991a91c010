import { hasCode } from './errors.ts';

/**
 * Runs a `chmod` of something this process has just made. Its maker may always change its mode, so a refusal means
 * that the file system keeps no modes (FAT, Windows disks mounted under Linux): what the mount decides holds there.
 */
export async function whereModesExist(chmod: Promise<void>): Promise<void> {
  try {
    await chmod;
  } catch (error) {
    if (!hasCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS')) throw error;
  }
}
