import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** Starts a file of this folder in a process of its own, with all packages from source. */
export function startTypeScript(
  file: string,
  args: string[] = [],
  nodeOptions: string[] = [],
): ChildProcess {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const conditions = '--conditions=@tgstore/source';
  return spawn(process.execPath, ['--import', tsx, conditions, ...nodeOptions, path, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
