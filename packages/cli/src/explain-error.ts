import { inCommandLineWords } from './command-line-words.ts';
import type { ErrorDetails } from './events.ts';
import { ExitCode } from './exit-codes.ts';
import { nextSteps } from './next-steps.ts';

/** An error as a person shall read it. */
export interface ExplainedError extends ErrorDetails {
  readonly path: string | undefined;
  /** Commands to type next. */
  readonly next: readonly string[];
  readonly exitCode: ExitCode;
}

/** An error as documents and events have it. */
export function toDetails({ code, message, path, next }: ExplainedError): ErrorDetails {
  return { code, message, path, next };
}

/** One line for whatever was thrown: a stable code, what happened and what to do next. */
export function explainError(error: unknown): ExplainedError {
  if (!(error instanceof Error)) return unexpected(String(error));
  if (error.name === 'AbortError') {
    return {
      code: 'INTERRUPTED',
      message: 'interrupted',
      path: undefined,
      next: [],
      exitCode: ExitCode.interrupted,
    };
  }
  // where cleaning up failed too, the message has both
  const [first] = errorsIn(error);
  if (first && !('code' in error)) {
    const { code, path, next, exitCode } = explainError(first);
    if (code !== 'UNEXPECTED') return { code, path, next, exitCode, message: messageOf(error) };
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const path = pathOf(error);
  if (code === undefined) return unexpected(error.stack ?? error.message);
  const message =
    FILE_SYSTEM[code]?.(path ?? 'the file') ?? inCommandLineWords(code, error.message);
  const exitCode = EXIT_CODES[code] ?? ExitCode.failed;
  return { code, message, path, next: nextSteps(code, path), exitCode };
}

// link() and rename() know two paths: the temporary one, and the one that a person knows
function pathOf(error: Error): string | undefined {
  const { dest, path } = error as { dest?: unknown; path?: unknown };
  return [dest, path].find((value) => typeof value === 'string');
}

/** What an error gathers, the first that happened first: `AggregateError`, or `SuppressedError` of `await using`. */
function errorsIn(error: Error): unknown[] {
  const { errors, suppressed, error: last } = error as Gathering;
  return errors ?? (suppressed === undefined ? [] : [suppressed, last]);
}

interface Gathering extends Error {
  readonly errors?: unknown[];
  readonly suppressed?: unknown;
  readonly error?: unknown;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return explainError(error).message;
  const inner = errorsIn(error);
  return inner.length === 0 ? explainError(error).message : inner.map(messageOf).join('; then ');
}

function unexpected(text: string): ExplainedError {
  const message = `${text}\nThis is a fault in tgstore; please report it with the lines above`;
  return { code: 'UNEXPECTED', message, path: undefined, next: [], exitCode: ExitCode.failed };
}

const EXIT_CODES: Readonly<Record<string, ExitCode>> = {
  STORE_NOT_A_STORE: ExitCode.notAStore,
  BACKUP_DAMAGED: ExitCode.problemsFound,
  BACKUP_NEEDS_KEY: ExitCode.wrongKey,
  BACKUP_UNSAFE: ExitCode.problemsFound,
  BACKUP_WRONG_KEY: ExitCode.wrongKey,
  LOCK_ALIVE: ExitCode.locked,
  LOCK_TIMEOUT: ExitCode.locked,
};

const FILE_SYSTEM: Readonly<Record<string, (path: string) => string>> = {
  EACCES: (path) =>
    `not allowed to use ${path}; check its permissions, or name another store with --store`,
  EPERM: (path) =>
    `not allowed to change ${path}; check its permissions, or name another store with --store`,
  EROFS: (path) => `${path} is on a read-only file system; name another store with --store`,
  ENOSPC: (path) => `no space left on the disk of ${path}; free some and run it again`,
  EDQUOT: (path) => `the disk quota is used up for ${path}; free some and run it again`,
  ENOENT: (path) => `${path} does not exist; check the path`,
  ENOTDIR: (path) => `a part of the path ${path} is a file, not a directory; check the path`,
  EEXIST: (path) => `${path} exists already; name another path`,
  EISDIR: (path) => `${path} is a directory; name a file`,
  EMFILE: () => 'too many open files; raise the limit with ulimit -n and run it again',
  EIO: (path) => `the disk failed on ${path}; check the disk, then run it again`,
};
