import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Replacement, systemError, type WatchedCall, watchCalls } from '@tgstore/testkit';
import { type FileSystem, isTemporaryName, nodeFileSystem } from '../../src/index.ts';

export interface Watched {
  readonly fileSystem: FileSystem;
  /** The calls so far, with the names of their files: `rename <temporary> chat.json`. */
  readonly calls: string[];
  /** Whether every call began after the one before it had ended. */
  readonly inOrder: () => boolean;
  readonly openHandles: () => number;
}

/** The real file system, each call noted; `before` may throw or replace it. */
export function watched(
  before: (call: WatchedCall) => Replacement | undefined = () => undefined,
  target: FileSystem = nodeFileSystem,
): Watched {
  const calls: string[] = [];
  let running = 0;
  let overlapped = false;
  let open = 0;
  const fileSystem = watchCalls(target, (call) => {
    calls.push(describe(call));
    if (running > 0) overlapped = true;
    const replacement = decide(call, before);
    return async (real) => {
      running += 1;
      try {
        const result = await run(replacement, real, call);
        if (call.name === 'open') open += 1;
        return result;
      } finally {
        if (call.name === 'handle.close') open -= 1;
        running -= 1;
      }
    };
  });
  return { fileSystem, calls, inOrder: () => !overlapped, openHandles: () => open };
}

/** Fails the n-th call (from 1), or that and all after it; what it closes is really closed. */
export function failing(code: string, at: number, forEver = false): Watched {
  return watched(({ count, name }) => {
    if (forEver ? count < at : count !== at) return undefined;
    throw systemError(code, name);
  });
}

/** The names of the temporary files in a directory. */
export async function leftOvers(directory: string): Promise<string[]> {
  return (await readdir(directory)).filter(isTemporaryName);
}

/** All codes in an error, its causes and what it gathers. */
export function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const inner = error instanceof AggregateError ? error.errors : [error.cause];
  return ['code' in error ? String(error.code) : [], ...inner.map(codesOf)].flat();
}

function decide(call: WatchedCall, before: (call: WatchedCall) => Replacement | undefined) {
  try {
    return before(call);
  } catch (error) {
    return async (real: () => Promise<unknown>) => {
      // As on Linux, a failed close has closed
      if (call.name === 'handle.close') await real();
      throw error;
    };
  }
}

async function run(
  replacement: Replacement | undefined,
  real: (...args: readonly unknown[]) => Promise<unknown>,
  { args }: WatchedCall,
): Promise<unknown> {
  if (typeof replacement === 'function') return await replacement(real);
  return replacement ? replacement.result : await real(...args);
}

function describe({ name, args }: WatchedCall): string {
  if (name.startsWith('handle.')) return name;
  const words = args.filter((arg) => typeof arg === 'string').map((arg) => basename(arg));
  return [name, ...words.map((word) => (isTemporaryName(word) ? '<temporary>' : word))].join(' ');
}
