import { lstat, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { hasCode } from '../has-code.ts';

/**
 * Files and directories below some directories, these included, that have another mode than 0600 and 0700.
 * A umask that takes bits of the owner away may have done so of locks.
 */
export async function wrongModes(directories: readonly string[], umask: number): Promise<string[]> {
  const wrong: string[] = [];
  const look = async (path: string): Promise<void> => {
    const stats = await lstat(path).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return undefined;
      throw error;
    });
    if (!stats) return;
    const mode = stats.mode & 0o7777;
    const expected = stats.isDirectory() ? 0o700 : 0o600;
    const isOfLocks = path.includes('/locks') || basename(path) === 'locks';
    const isRight = mode === expected || (isOfLocks && mode === (expected & ~umask));
    if (!isRight) wrong.push(`${path} has mode 0${mode.toString(8)}`);
    if (!stats.isDirectory()) return;
    for (const name of await readdir(path)) await look(join(path, name));
  };
  for (const directory of directories) await look(directory);
  return wrong;
}
