import type { LockInfo } from './lock-info.ts';

/**
 * Reasons a {@link LockError} is thrown. Stable within a major version; messages are not.
 *
 * - `LOCK_TIMEOUT`: somebody else held the lock all the time; `holders` says who.
 * - `LOCK_LOST`: the lock was broken by force, or its directory is gone; what it protected may be in other hands.
 * - `LOCK_REENTRANT`: the asynchronous context that asks for the lock holds it already.
 * - `LOCK_ALIVE`: a lock was not broken, since its holder is not proved dead; `holders` says who.
 * - `LOCK_DAMAGED`: a file of the lock directory was changed or removed by another program.
 * - `LOCK_NETWORK_FILE_SYSTEM`: the lock directory is on a network file system, and that was not allowed.
 * - `LOCK_NOT_WRITABLE`: the lock directory can't be written; `cause` is the error of the file system.
 */
export type LockErrorCode =
  | 'LOCK_ALIVE'
  | 'LOCK_DAMAGED'
  | 'LOCK_LOST'
  | 'LOCK_NETWORK_FILE_SYSTEM'
  | 'LOCK_NOT_WRITABLE'
  | 'LOCK_REENTRANT'
  | 'LOCK_TIMEOUT';

/** A lock could not be taken, kept or broken. */
export class LockError extends Error {
  /** The class, also where a bundler has renamed it. */
  override get name(): 'LockError' {
    return 'LockError';
  }

  /** Why; compare this, not the message. */
  readonly code: LockErrorCode;
  /** Absolute path of what was to be locked, or of the lock directory where it is about that. */
  readonly path: string;
  /** Who stood in the way, with `LOCK_TIMEOUT` and `LOCK_ALIVE`; else empty. */
  readonly holders: readonly LockInfo[];

  constructor(
    code: LockErrorCode,
    path: string,
    message: string,
    {
      holders = [],
      ...options
    }: ErrorOptions & { readonly holders?: readonly LockInfo[] | undefined } = {},
  ) {
    super(message, options);
    this.code = code;
    this.path = path;
    this.holders = holders;
  }
}

/** Whether `error` carries one of these codes, as errors of the file system do. */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
