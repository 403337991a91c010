import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The command line, built. */
export const tgstore = join(import.meta.dirname, '../packages/cli/dist/bin.js');

/** For the beginning of a benchmark that needs what is built. */
export function assertBuilt(): void {
  if (!existsSync(tgstore)) throw new Error('Build first: npx -y pnpm@12 build');
}
