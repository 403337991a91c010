/**
 * Reasons an {@link FsError} is thrown. Stable within a major version; messages are not.
 *
 * - `FS_SHORT_WRITE`: the file system took none of the bytes it was given.
 * - `FS_SIZE_MISMATCH`: a file does not have the size of what was written to it, or ends before the place to write at.
 * - `FS_UNCONFIRMED`: the change is in place and others see it, but a step after it failed (as a rule the sync of
 *   the directory), so it may be undone by a power failure. `cause` is the error of that step.
 * - `FS_LINKED`: a file to be changed in place has more than one hard link, so its other names would change too.
 * - `FS_CHANGED`: a file to be changed in place is not what it was when it was looked at: look again.
 * - `FS_UNDO_EXISTS`: an undo record stands where one was to be written: `recoverTail` first. `path` is the record.
 * - `FS_UNDO_LEFT`: undoing a failed change failed as well, so its undo record stays: `recoverTail` before the file is
 *   used. `path` is the record, `cause` the error of undoing.
 * - `FS_UNDO_VERSION`: an undo record is whole, but of a kind this version does not know. `path` is the record.
 */
export type FsErrorCode =
  | 'FS_SHORT_WRITE'
  | 'FS_SIZE_MISMATCH'
  | 'FS_UNCONFIRMED'
  | 'FS_LINKED'
  | 'FS_CHANGED'
  | 'FS_UNDO_EXISTS'
  | 'FS_UNDO_LEFT'
  | 'FS_UNDO_VERSION';

/** A failure to which this package adds meaning; all other errors of the file system pass through untouched. */
export class FsError extends Error {
  /** The class, also where a bundler has renamed it. */
  override get name(): 'FsError' {
    return 'FsError';
  }

  /** Why; compare this, not the message. */
  readonly code: FsErrorCode;
  /** Absolute path of the file it is about. */
  readonly path: string;

  constructor(code: FsErrorCode, path: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.path = path;
  }
}

/** Whether `error` carries one of these codes, as errors of the file system do. */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

/** The error itself if it is alone, else an `AggregateError` of all, in order. */
function joinErrors(errors: readonly unknown[]): unknown {
  if (errors.length === 1) return errors[0];
  return new AggregateError(errors, errors.map(messageOf).join('; then '));
}

/** Throws what failed, where anything did. */
export function throwJoined(errors: readonly unknown[]): void {
  if (errors.length > 0) throw joinErrors(errors);
}

/** The error, joined with that of the clean-up after it where this fails too. */
export async function afterCleaning(error: unknown, cleaning: Promise<unknown>): Promise<unknown> {
  const failures = await cleaning.then(
    () => [],
    (failure: unknown) => [failure],
  );
  return joinErrors([error, ...failures]);
}

/** Runs a step that follows a visible change of `path`: its failure becomes `FS_UNCONFIRMED`. */
export async function confirmChange(path: string, step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (cause) {
    const message = `${path} is changed, but this failed after it, so a power failure may undo it: ${messageOf(cause)}. Look at what is there before trying again.`;
    throw new FsError('FS_UNCONFIRMED', path, message, { cause });
  }
}

/** An error of an open file, which Node does not let name it, with the path; every other error as it is. */
export function namePath(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('syscall' in error) || 'path' in error) return error;
  error.message += ` '${path}'`;
  return Object.assign(error, { path });
}

/** What an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
