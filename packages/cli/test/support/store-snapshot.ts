import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Every file below a directory with its content, inode and time; `undefined` where the directory is missing. */
export async function snapshot(directory: string): Promise<Record<string, string> | undefined> {
  const names = await readdir(directory, { recursive: true }).catch(() => undefined);
  if (names === undefined) return undefined;
  const files: Record<string, string> = {};
  for (const name of names.sort()) {
    const path = join(directory, name);
    const stats = await stat(path);
    const content = stats.isFile() ? await readFile(path, 'utf8') : '';
    files[name] = `${stats.ino} ${stats.isFile() ? stats.mtimeMs : ''} ${content}`;
  }
  return files;
}
