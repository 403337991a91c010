import type { ShownError } from '../api/index.ts';
import type { ExplainError } from './options.ts';

/** Stable within a major version. */
export type ExplorerErrorCode =
  | 'EXPLORER_BAD_REQUEST'
  | 'EXPLORER_BUSY'
  | 'EXPLORER_FORBIDDEN'
  | 'EXPLORER_INVALID_PATTERN'
  | 'EXPLORER_NO_COMMAND'
  | 'EXPLORER_NO_PAGE'
  | 'EXPLORER_NO_TOKEN'
  | 'EXPLORER_NOT_FOUND'
  | 'EXPLORER_PORT_IN_USE'
  | 'EXPLORER_READ_ONLY'
  | 'EXPLORER_TOO_LARGE'
  | 'EXPLORER_WRONG_HOST'
  | 'EXPLORER_WRONG_TYPE';

/** A request that is refused, or a server that can't start. */
export class ExplorerError extends Error {
  /** The class, also where a bundler has renamed it. */
  override get name(): 'ExplorerError' {
    return 'ExplorerError';
  }

  readonly code: ExplorerErrorCode;
  readonly path?: string;

  constructor(code: ExplorerErrorCode, message: string, path?: string) {
    super(message);
    this.code = code;
    if (path !== undefined) this.path = path;
  }
}

/** What goes to the page of an error. */
export function showError(error: unknown, explain: ExplainError): ShownError {
  const { code, message, path } = explain(error);
  return { code, message, ...(path !== undefined && { path }) };
}

/** The status of an answer that is this error. */
export function statusOf(code: string): ErrorStatus {
  return STATUSES.get(code) ?? 500;
}

export type ErrorStatus = 400 | 401 | 403 | 404 | 409 | 413 | 415 | 421 | 422 | 500 | 507;

const STATUSES = new Map<string, ErrorStatus>([
  ['EXPLORER_BAD_REQUEST', 400],
  ['EXPLORER_INVALID_PATTERN', 400],
  ['STORE_INVALID_ID', 400],
  ['BACKUP_INVALID_TAG', 400],
  ['EXPLORER_NO_TOKEN', 401],
  ['BACKUP_NEEDS_KEY', 403],
  ['BACKUP_WRONG_KEY', 403],
  ['EACCES', 403],
  ['EPERM', 403],
  ['EROFS', 403],
  ['EXPLORER_FORBIDDEN', 403],
  ['EXPLORER_READ_ONLY', 403],
  ['STORE_VERSION_TOO_NEW', 403],
  ['BACKUP_NOT_FOUND', 404],
  ['EXPLORER_NOT_FOUND', 404],
  ['STORE_NOT_A_STORE', 404],
  ['STORE_NOT_FOUND', 404],
  ['BACKUP_AMBIGUOUS', 409],
  ['EXPLORER_BUSY', 409],
  ['EXPLORER_NO_COMMAND', 409],
  ['LOCK_ALIVE', 409],
  ['LOCK_LOST', 409],
  ['LOCK_TIMEOUT', 409],
  ['STORE_BOTH_NAMES', 409],
  ['STORE_CHANGED', 409],
  ['STORE_NEEDS_RECOVERY', 409],
  ['EXPLORER_TOO_LARGE', 413],
  ['EXPLORER_WRONG_TYPE', 415],
  ['EXPLORER_WRONG_HOST', 421],
  ['BACKUP_DAMAGED', 422],
  ['BACKUP_TOO_NEW', 422],
  ['BACKUP_UNSAFE', 422],
  ['BACKUP_UNSUPPORTED', 422],
  ['STORE_INVALID_FILE', 422],
  ['EDQUOT', 507],
  ['ENOSPC', 507],
]);
