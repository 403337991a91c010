import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The versions of the packages compared with, in one line. */
export function peerVersions(...names: readonly string[]): string {
  return names.map((name) => `${name} ${versionOf(name, import.meta.dirname)}`).join(', ');
}

/** The version of a package that is installed in a directory; not all of them export their manifest. */
export function versionOf(name: string, directory: string): string {
  const manifest = join(directory, 'node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}
