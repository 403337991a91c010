import { lstat, lutimes, readdir, readFile, readlink } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** What is at a path: the bytes of a file as `latin1`, else what it is. */
export interface TreeEntry {
  readonly isFile: boolean;
  readonly content: string;
  readonly mode: number;
}

/** All that is in a store, by relative path; what locks leave behind is not looked at. */
export async function readTree(path: string): Promise<Map<string, TreeEntry>> {
  const tree = new Map<string, TreeEntry>();
  for (const entry of await walk(path)) {
    const stats = await lstat(entry);
    const isFile = stats.isFile();
    const content = isFile
      ? (await readFile(entry)).toString('latin1')
      : stats.isSymbolicLink()
        ? `link to ${await readlink(entry)}`
        : `type ${(stats.mode & 0o170000).toString(8)}`;
    tree.set(relative(path, entry), { isFile, content, mode: stats.mode & 0o777 });
  }
  return tree;
}

/** Makes everything in a store look as if it had been written so long ago. */
export async function ageTree(path: string, ageMs = 2 * 60_000): Promise<void> {
  const time = new Date(Date.now() - ageMs);
  for (const entry of await walk(path)) await lutimes(entry, time, time);
}

async function walk(directory: string): Promise<string[]> {
  const paths: string[] = [];
  for (const name of (await readdir(directory)).sort()) {
    const path = join(directory, name);
    paths.push(path);
    const isWalked = name !== 'locks' && (await lstat(path)).isDirectory();
    if (isWalked) paths.push(...(await walk(path)));
  }
  return paths;
}
