import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The versions of the packages compared with, in one line. */
export function peerVersions(...names: readonly string[]): string {
  return names.map((name) => `${name} ${versionOf(name)}`).join(', ');
}

// not all of them export their manifest
function versionOf(name: string): string {
  const manifest = join(import.meta.dirname, 'node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}
