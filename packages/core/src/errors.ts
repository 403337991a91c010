/** Reasons a {@link StoreError} is thrown. Stable within a major version; messages are not. */
export type StoreErrorCode =
  | 'STORE_BOTH_NAMES'
  | 'STORE_CHANGED'
  | 'STORE_CONFIG_INVALID'
  | 'STORE_EXISTS'
  | 'STORE_ID_CONFLICT'
  | 'STORE_INVALID_CONVERSATION'
  | 'STORE_INVALID_FILE'
  | 'STORE_INVALID_ID'
  | 'STORE_NEEDS_RECOVERY'
  | 'STORE_NOT_A_STORE'
  | 'STORE_NOT_FOUND'
  | 'STORE_NOT_UNPROCESSED'
  | 'STORE_VERSION_TOO_NEW';

/** The store could not do what was asked; nothing was changed unless the message says so. */
export class StoreError extends Error {
  static {
    StoreError.prototype.name = 'StoreError';
  }

  readonly code: StoreErrorCode;
  /** Absolute path of the file or directory it is about, where there is one. */
  readonly path: string | undefined;

  constructor(
    code: StoreErrorCode,
    path: string | undefined,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.path = path;
  }
}

/** What to throw after a failure, once `cleanUp` has run: the failure, or both where that fails too. */
export async function afterCleanUp(error: unknown, cleanUp: () => Promise<void>): Promise<unknown> {
  try {
    await cleanUp();
    return error;
  } catch (second) {
    return joinErrors([error, second]);
  }
}

export function joinErrors(errors: readonly unknown[]): AggregateError {
  const messages = errors.map((error) => (error instanceof Error ? error.message : String(error)));
  return new AggregateError(errors, messages.join('; then '));
}

/** Whether an error carries this `code`, as those of the file system do. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

export function alreadyExists(id: string, path: string, cause?: unknown): StoreError {
  const message = `conversation ${id} exists (${path}); pass force to replace it, or import to merge`;
  return new StoreError('STORE_EXISTS', path, message, { cause });
}
