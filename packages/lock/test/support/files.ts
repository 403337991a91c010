import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** All names below a directory, relative to it, in order; none where it is missing. */
export async function filesIn(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory, { recursive: true })).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** The tickets below a directory that are held or wait. */
export async function ticketsIn(directory: string): Promise<string[]> {
  return (await filesIn(directory)).filter((name) => /\/ticket\./.test(`/${name}`));
}

/** Everything below a directory that a change would change. */
export async function snapshot(directory: string): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  for (const name of ['.', ...(await filesIn(directory))]) {
    const path = join(directory, name);
    const stat = await lstat(path, { bigint: true });
    const text = stat.isFile() ? await readFile(path, 'utf8') : '';
    all[name] = `${stat.mode} ${stat.ino} ${stat.mtimeNs} ${stat.ctimeNs} ${text}`;
  }
  return all;
}
