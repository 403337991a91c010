import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Suite {
  /** `core` */
  readonly name: string;
  readonly directory: string;
}

/** The packages of the workspace that have tests, and the explorer. */
export async function suites(): Promise<Suite[]> {
  const root = fileURLToPath(new URL('../../../../', import.meta.url));
  const found: Suite[] = [];
  for (const folder of ['packages', 'apps']) {
    for (const name of (await readdir(join(root, folder))).sort()) {
      const directory = join(root, folder, name);
      const { scripts } = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'));
      if (scripts?.test) found.push({ name, directory });
    }
  }
  return found;
}
