import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { typeScriptFlags } from '@tgstore/testkit';

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly nodeOptions?: readonly string[];
  /** Bytes for its standard input. */
  readonly input?: Uint8Array;
}

/** The absolute path of a file of the examples: `worker/worker.mjs`. */
export function examplePath(name: string): string {
  return join(import.meta.dirname, '../..', name);
}

/** Starts an example with the packages from source. */
export function startExample(
  name: string,
  args: readonly string[],
  { env = {}, nodeOptions = [] }: RunOptions = {},
): ChildProcess {
  return spawn(process.execPath, [...typeScriptFlags, ...nodeOptions, examplePath(name), ...args], {
    env: { ...process.env, ...env },
    stdio: 'pipe',
  });
}

/** Runs an example to its end. */
export async function runExample(
  name: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<{ status: number; stdout: string; stderr: string }> {
  const child = startExample(name, args, options);
  child.stdin?.end(options.input);
  const [[status], stdout, stderr] = await Promise.all([
    once(child, 'close') as Promise<[number]>,
    text(child.stdout as NodeJS.ReadableStream),
    text(child.stderr as NodeJS.ReadableStream),
  ]);
  return { status, stdout, stderr };
}

/** Whether this Node can read the file as it is: the loader of TypeScript accepts newer syntax. */
export async function hasPlainSyntax(name: string): Promise<boolean> {
  const [status] = await once(spawn(process.execPath, ['--check', examplePath(name)]), 'close');
  return status === 0;
}
