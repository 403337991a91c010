import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The program of a Chromium: that of `TGSTORE_CHROMIUM`, or the first on the path. */
export function findChromium(): string | undefined {
  const wanted = process.env.TGSTORE_CHROMIUM;
  if (wanted) return wanted;
  const directories = (process.env.PATH ?? '').split(delimiter);
  const candidates = directories.flatMap((directory) => NAMES.map((name) => join(directory, name)));
  return [...candidates, ...PLACES].find(canRun);
}

/** Installs Debian's where there is none and the machine allows. @returns why there is none, or `undefined` */
export function ensureChromium(): string | undefined {
  if (findChromium()) return undefined;
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) {
    return 'no Chromium: install Debian\'s "chromium", or name one in TGSTORE_CHROMIUM';
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...PACKAGES]]) {
    spawnSync('apt-get', args, { env, stdio: 'ignore' });
  }
  return findChromium() ? undefined : 'no Chromium, and apt-get could not install it';
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Without any font nothing is drawn; emoji are a font of their own. */
const PACKAGES = ['chromium', 'fonts-dejavu-core', 'fonts-noto-color-emoji'];

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];

const PLACES = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
