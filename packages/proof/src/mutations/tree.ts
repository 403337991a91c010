import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** What is in a directory and all below it: the content of each file by its path. Where locks are kept is left out. */
export function treeOf(directory: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const path = relative(directory, join(entry.parentPath, entry.name));
    if (/(?:^|\/)\.tgstore\/locks(?:\/|$)/.test(path) || entry.isDirectory()) continue;
    const content = entry.isFile() ? readFileSync(join(directory, path), 'latin1') : 'no file';
    files.set(path, content);
  }
  return files;
}

/** The paths at which two trees differ. */
export function differences(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): string[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((path) => before.get(path) !== after.get(path));
}
