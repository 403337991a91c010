// What npm shows of each published package is there: package.json, README.md, LICENSE; and publint and attw are run for it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { packages } from './packages.mjs';

const KEYS = [
  'description',
  'keywords',
  'license',
  'author',
  'homepage',
  'bugs',
  'repository',
  'type',
  'engines',
  'exports',
  'files',
  'publishConfig',
];

const license = readFileSync(join(import.meta.dirname, '../LICENSE'), 'utf8');
const problems = packages.flatMap(({ name, directory, manifest }) => {
  const isLibrary = !manifest.bin;
  const wanted = isLibrary ? [...KEYS, 'sideEffects'] : KEYS;
  const found = wanted.filter((key) => manifest[key] === undefined).map((key) => `no "${key}"`);
  const { repository, homepage = '' } = manifest;
  if (repository?.directory !== `packages/${name}`) found.push('"repository.directory" is wrong');
  if (!homepage.includes(`/packages/${name}#`)) found.push('"homepage" is not that of its README');
  if (!manifest.keywords?.includes('telegram')) found.push('npm search does not find "telegram"');
  if (!existsSync(join(directory, 'README.md'))) found.push('no README.md');
  const own = join(directory, 'LICENSE');
  if (!existsSync(own) || readFileSync(own, 'utf8') !== license)
    found.push('LICENSE is not that of the root');
  const checks = isLibrary ? ['publint --strict', 'attw --pack'] : ['publint --strict'];
  for (const check of checks) {
    if (!manifest.scripts['check:package']?.includes(check))
      found.push(`check:package does not run ${check}`);
  }
  return found.map((problem) => `${manifest.name}: ${problem}`);
});

for (const problem of problems) console.error(`check-manifests: ${problem}`);
if (problems.length > 0) process.exit(1);
console.log(`check-manifests: ${packages.length} packages show on npm what they should`);
