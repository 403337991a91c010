import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../run.mjs';

const INSTALL = {
  npm: (name) => ['install', '--no-audit', '--no-fund', '--loglevel=error', name],
  // a release of others that is younger than a day is not installed; ours are some seconds old
  pnpm: (name) => ['add', '--config.minimum-release-age-exclude=@tgstore/*', name],
};

/** An empty project, into which `manager` installs one package by its name. @returns its directory */
export async function installInto(directory, { manager, name, npmrc }) {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'package.json'), '{ "private": true }\n');
  writeFileSync(join(directory, '.npmrc'), npmrc);
  await run(manager, INSTALL[manager](name), { cwd: directory });
  return directory;
}
