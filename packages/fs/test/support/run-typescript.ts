import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** Starts a file of this folder (or a file URL) in a process of its own, from source. */
export function startTypeScript(file: string, args: string[] = [], cwd?: string): ChildProcess {
  const path = fileURLToPath(new URL(file, import.meta.url));
  return spawn(process.execPath, ['--import', tsx, path, ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Runs such a file to its end and returns what it prints. */
export async function runTypeScript(
  file: string,
  args: string[] = [],
  cwd?: string,
): Promise<string> {
  const child = startTypeScript(file, args, cwd);
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(`${file} ended with ${status} after: ${output}`);
  return output;
}
