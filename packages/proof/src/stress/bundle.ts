import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';
import { type Plant, planting } from '../plant.ts';
import type { WorkerOptions } from './worker.ts';

export type Start = (options: WorkerOptions) => ChildProcess;

/**
 * Makes one JavaScript file of each program of the stress and all it needs, in `directory`: it starts several times faster than
 * from TypeScript. Resolves to what starts one.
 */
export async function bundle(directory: string, plants: readonly Plant[] = []): Promise<Start> {
  await mkdir(join(directory, 'node_modules'), { recursive: true });
  for (const [name, owner] of LEFT_OUT) {
    const path = fileURLToPath(new URL(`${owner}node_modules/${name}`, ROOT));
    await symlink(path, join(directory, 'node_modules', name));
  }
  const programs = new URL('programs/', import.meta.url);
  const names = await readdir(programs);
  await build({
    entry: names.map((name) => fileURLToPath(new URL(name, programs))),
    outDir: directory,
    config: false,
    format: 'esm',
    outExtension: () => ({ js: '.mjs' }),
    target: 'node20',
    silent: true,
    splitting: false,
    noExternal: [/^(?!proper-lockfile$)/],
    external: LEFT_OUT.map(([name]) => name),
    esbuildPlugins: [planting(plants)],
    esbuildOptions: (options) => {
      options.conditions = ['@tgstore/source'];
    },
  });
  return (options) => {
    const file = join(directory, `${options.program}.mjs`);
    const flags = options.usageEveryMs > 0 ? ['--expose-gc'] : [];
    return spawn(process.execPath, [...flags, file, JSON.stringify(options)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  };
}

const ROOT = new URL('../../../../', import.meta.url);

/** What packages ask for by the path of its files, and where it is. */
const LEFT_OUT = [
  ['proper-lockfile', 'packages/lock/'],
  ['tsx', ''],
] as const;
