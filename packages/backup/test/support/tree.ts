import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { isTemporaryName } from '@tgstore/fs';

/** All that is in a directory and below it: a line for each, with inode, links, mode and content. */
export function treeOf(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => `${name} ${describe(join(directory, name))}`);
}

/** Names and contents of the files in a directory. */
export function filesOf(directory: string): Record<string, string> {
  const names = readdirSync(directory).filter((name) => lstatSync(join(directory, name)).isFile());
  return Object.fromEntries(
    names.sort().map((name) => [name, readFileSync(join(directory, name), 'utf8')]),
  );
}

/** Names of the temporary files in a directory and below it. */
export function leftOvers(directory: string): string[] {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => isTemporaryName(name.replace(/^.*[/\\]/, '')));
}

function describe(path: string): string {
  const stats = lstatSync(path);
  const { ino, nlink, mode, mtimeMs } = stats;
  if (stats.isDirectory()) return `directory ${ino} ${mode}`;
  const content = stats.isSymbolicLink() ? readlinkSync(path) : hashOf(readFileSync(path));
  return `${ino} ${nlink} ${mode} ${mtimeMs} ${content}`;
}

function hashOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 12);
}
