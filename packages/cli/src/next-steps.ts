/** What to type next after an error of this code; none where no command helps. `path` is what the error is about. */
export function nextSteps(code: string, path?: string): readonly string[] {
  const next = NEXT[code];
  if (typeof next !== 'function') return next ?? [];
  return path === undefined ? [] : next(quote(path));
}

/** An argument as a shell takes it. */
export function quote(argument: string): string {
  if (/^[\w@%+=:,./-]+$/.test(argument)) return argument;
  return `'${argument.replaceAll("'", "'\\''")}'`;
}

const CHECK = ['tgstore check'];
const RECOVER = ['tgstore recover'];
const UPDATE = ['npm install --global @tgstore/cli@latest'];
const SALVAGE = (path: string): string[] => [`tgstore import --salvage ${path}`];

// a code that is missing here is named with the reason in test/next-steps.test.ts
const NEXT: Readonly<Record<string, readonly string[] | ((path: string) => readonly string[])>> = {
  STORE_BOTH_NAMES: RECOVER,
  STORE_INVALID_FILE: ['tgstore check', 'tgstore recover --dry-run'],
  STORE_NEEDS_RECOVERY: RECOVER,
  STORE_NOT_A_STORE: ['tgstore config', 'tgstore init', 'tgstore import result.json'],
  STORE_NOT_FOUND: ['tgstore list'],
  STORE_NOT_UNPROCESSED: ['tgstore list --unprocessed'],
  STORE_VERSION_TOO_NEW: UPDATE,
  FORMAT_BAD_ID: SALVAGE,
  FORMAT_INVALID_JSON: SALVAGE,
  FORMAT_NO_ID: SALVAGE,
  FORMAT_TOO_NEW: UPDATE,
  FORMAT_TRUNCATED: SALVAGE,
  FS_CHANGED: CHECK,
  FS_LINKED: CHECK,
  FS_SHORT_WRITE: ['tgstore doctor'],
  FS_SIZE_MISMATCH: CHECK,
  FS_UNCONFIRMED: CHECK,
  FS_UNDO_EXISTS: RECOVER,
  FS_UNDO_LEFT: RECOVER,
  FS_UNDO_VERSION: UPDATE,
  LOCK_ALIVE: ['tgstore lock list'],
  LOCK_DAMAGED: ['tgstore doctor'],
  LOCK_LOST: CHECK,
  LOCK_NETWORK_FILE_SYSTEM: ['tgstore config'],
  LOCK_NOT_WRITABLE: ['tgstore doctor'],
  LOCK_TIMEOUT: ['tgstore lock list'],
  BACKUP_AMBIGUOUS: ['tgstore backup list'],
  BACKUP_DAMAGED: ['tgstore backup verify --all'],
  BACKUP_NOT_FOUND: ['tgstore backup list'],
  BACKUP_NO_SPACE: ['tgstore backup prune --dry-run'],
  BACKUP_TOO_NEW: UPDATE,
  BACKUP_UNSAFE: ['tgstore backup list'],
  SCHEMA_INVALID: CHECK,
  SCHEMA_INVALID_JSON: CHECK,
  SCHEMA_JSON_ENDS_EARLY: CHECK,
  SCHEMA_VALUE_TOO_LARGE: CHECK,
  SCHEMA_VERSION_TOO_NEW: UPDATE,
  EXPLORER_NO_PAGE: UPDATE,
  EXPLORER_PORT_IN_USE: ['tgstore serve --port 0'],
  CONFIG_EXISTS: ['tgstore config'],
  COMMAND_FAILED: ['tgstore list --failed'],
  EDQUOT: ['tgstore doctor'],
  ENOSPC: ['tgstore doctor'],
};
