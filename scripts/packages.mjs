import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.mjs';

const root = join(import.meta.dirname, '..');

/** The packages that are published, each before those that need it. */
export const packages = sorted(
  readdirSync(join(root, 'packages'))
    .map((folder) => join(root, 'packages', folder))
    .map((directory) => ({ directory, manifest: readManifest(directory) }))
    .filter(({ manifest }) => !manifest.private)
    .map(({ directory, manifest }) => ({
      name: manifest.name.replace('@tgstore/', ''),
      directory,
      manifest,
    })),
);

export function readManifest(directory) {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
}

/** Packs one as `pnpm publish` does. @returns the path of the tarball */
export async function pack({ name, directory }, target) {
  const folder = join(target, name);
  mkdirSync(folder, { recursive: true });
  await run('pnpm', ['pack', '--pack-destination', folder], { cwd: directory });
  return join(folder, readdirSync(folder)[0]);
}

function sorted(all) {
  const result = [];
  const add = (one) => {
    if (result.includes(one)) return;
    for (const other of all) if (one.manifest.dependencies?.[other.manifest.name]) add(other);
    result.push(one);
  };
  all.forEach(add);
  return result;
}
