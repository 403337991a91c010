import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { run } from '../run.mjs';

const root = join(import.meta.dirname, '../..');

const RESOLUTIONS = {
  nodenext: { module: 'nodenext' },
  bundler: { module: 'preserve', moduleResolution: 'bundler' },
};

/** Checks programs with the workspace's compiler, strictly, and the declarations they import with them. */
export async function typeCheck(directory, files, resolution) {
  const compilerOptions = {
    ...RESOLUTIONS[resolution],
    target: 'es2023',
    lib: ['es2023', 'dom', 'esnext.disposable'],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
  };
  const config = join(directory, `tsconfig.${resolution}.json`);
  writeFileSync(config, JSON.stringify({ compilerOptions, files }));
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  await run(process.execPath, [compiler, '--project', config], { cwd: directory });
}
