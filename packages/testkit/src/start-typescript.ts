import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface StartOptions {
  readonly args?: readonly string[] | undefined;
  readonly nodeOptions?: readonly string[] | undefined;
  readonly cwd?: string | undefined;
  /** @default ['ignore', 'pipe', 'inherit'] */
  readonly stdio?: StdioOptions | undefined;
}

/** The flags with which Node runs the sources of the workspace. */
export const typeScriptFlags: readonly string[] = [
  '--import',
  pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href,
  '--conditions=@tgstore/source',
];

/** Starts a TypeScript file in a process of its own, with all packages from source: `new URL('x.ts', import.meta.url)`. */
export function startTypeScript(
  file: URL,
  { args = [], nodeOptions = [], cwd, stdio = ['ignore', 'pipe', 'inherit'] }: StartOptions = {},
): ChildProcess {
  const flags = [...typeScriptFlags, ...nodeOptions];
  return spawn(process.execPath, [...flags, fileURLToPath(file), ...args], { cwd, stdio });
}

/** Runs such a file to its end and resolves to what it prints. */
export async function runTypeScript(file: URL, options: StartOptions = {}): Promise<string> {
  const child = startTypeScript(file, options);
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(`${file} ended with ${status} after: ${output}`);
  return output;
}
