/**
 * Reasons a {@link StoreError} is thrown. Stable within a major version; messages are not.
 *
 * - `STORE_BOTH_NAMES`: another program left a conversation under both names.
 * - `STORE_CHANGED`: its file changed while it was processed, or another program wrote it meanwhile.
 * - `STORE_CONFIG_INVALID`: the configuration is missing, no YAML or JSON, or has a bad value.
 * - `STORE_EXISTS`: the conversation is there already, and `force` was not passed.
 * - `STORE_ID_CONFLICT`: ids of two accounts, which mean different messages.
 * - `STORE_INVALID_CONVERSATION`: an imported conversation does not fit the schema.
 * - `STORE_INVALID_FILE`: a file of the store is broken, too new, or no regular file.
 * - `STORE_INVALID_ID`: an id that is empty, not well-formed, or too long for a file name.
 * - `STORE_NEEDS_RECOVERY`: an append was interrupted, and `FileManager` shall write.
 * - `STORE_NOT_A_STORE`: the directory is missing, or has nothing of a store in it.
 * - `STORE_NOT_FOUND`: no conversation of this id.
 * - `STORE_NOT_UNPROCESSED`: `requireUnprocessed` was passed, and it is processed.
 * - `STORE_VERSION_TOO_NEW`: a newer version made the store; reading works.
 */
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
  /** The class, also where a bundler has renamed it. */
  override get name(): 'StoreError' {
    return 'StoreError';
  }

  /** Why; compare this, not the message. */
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
