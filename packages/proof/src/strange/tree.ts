import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** A line for each entry below a directory: its path, what it is, when it was written, what it has. */
export async function treeOf(path: string, prefix = ''): Promise<string[]> {
  const lines: string[] = [];
  for (const name of (await readdir(path)).sort()) {
    const entry = join(path, name);
    const stats = await lstat(entry);
    const content = stats.isFile()
      ? createHash('sha256')
          .update(await readFile(entry))
          .digest('hex')
      : stats.isSymbolicLink()
        ? await readlink(entry)
        : '';
    const at = stats.isDirectory() ? '' : stats.mtimeMs;
    lines.push([prefix + name, stats.mode.toString(8), at, content].join(' '));
    if (stats.isDirectory()) lines.push(...(await treeOf(entry, `${prefix}${name}/`)));
  }
  return lines;
}

/** What is in one tree and not in the other. */
export function treeChanges(before: readonly string[], after: readonly string[]): string[] {
  const [old, now] = [new Set(before), new Set(after)];
  const gone = before.filter((line) => !now.has(line)).map((line) => `gone: ${line}`);
  return [...gone, ...after.filter((line) => !old.has(line)).map((line) => `new: ${line}`)];
}
