import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** Builds the page into `dist/` where its sources are younger than what is there. */
export function buildPage(): void {
  const built = join(root, 'dist/index.html');
  if (existsSync(built) && statSync(built).mtimeMs > latestChange()) return;
  // vitest says that this is a test, and React would come as it is for developers
  const env = { ...process.env, NODE_ENV: 'production' };
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  const args = [vite, 'build', '--logLevel', 'error'];
  const { status } = spawnSync(process.execPath, args, { cwd: root, env, stdio: 'inherit' });
  if (status !== 0) throw new Error('The page could not be built');
}

/** When the page's sources changed last, in milliseconds. */
function latestChange(): number {
  const files = ['src/page', 'src/api'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true }).map((entry) =>
      join(entry.parentPath, entry.name),
    ),
  );
  const paths = [...files, join(root, 'vite.config.ts'), join(root, 'package.json')];
  return Math.max(...paths.map((path) => statSync(path).mtimeMs));
}
