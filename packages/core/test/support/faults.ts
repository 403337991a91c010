import { basename } from 'node:path';
import { type FileSystem, isTemporaryName, nodeFileSystem } from '@tgstore/fs';
import { type Replacement, type WatchedCall, watchCalls } from '@tgstore/testkit';

/** An error as `node:fs` throws it. */
export function systemError(code: string, syscall = 'injected'): Error {
  return Object.assign(new Error(`${code}: made to fail, ${syscall}`), { code, syscall });
}

export interface Failing {
  readonly fileSystem: FileSystem;
  /** The calls so far, with the names of their files. */
  readonly calls: string[];
  readonly openHandles: () => number;
}

/**
 * The real file system, whose n-th call (from 1) fails, or that and all after it; what it closes is really closed, as
 * on Linux.
 */
export function failing(code: string, at: number, forEver = false): Failing {
  const calls: string[] = [];
  let open = 0;
  const fileSystem = watchCalls(nodeFileSystem, (call): Replacement => {
    calls.push(describe(call));
    const fails = forEver ? call.count >= at : call.count === at;
    return async (real) => {
      if (fails && call.name !== 'handle.close') throw systemError(code, call.name);
      const result: unknown = await real(...call.args);
      if (call.name === 'open') open += 1;
      if (call.name === 'handle.close') open -= 1;
      if (fails) throw systemError(code, call.name);
      return result;
    };
  });
  return { fileSystem, calls, openHandles: () => open };
}

/** The real file system, and `before` is told of each call; see `watchCalls`. */
export function watching(
  before: (call: WatchedCall) => Replacement | undefined | Promise<Replacement | undefined>,
): FileSystem {
  return watchCalls(nodeFileSystem, before);
}

/** All codes in an error, its causes and what it gathers. */
export function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const suppressed = error as { error?: unknown; suppressed?: unknown };
  const inner = error instanceof AggregateError ? error.errors : [error.cause];
  const all = [...inner, suppressed.error, suppressed.suppressed];
  return ['code' in error ? String(error.code) : [], ...all.map(codesOf)].flat();
}

function describe({ name, args }: WatchedCall): string {
  const words = args
    .filter((arg) => typeof arg === 'string')
    .map((arg) => (isTemporaryName(basename(arg)) ? '<temporary>' : basename(arg)));
  return name.startsWith('handle.') ? name : [name, ...words].join(' ');
}
