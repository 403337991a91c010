/**
 * Reasons a {@link BackupError} is thrown. Stable within a major version; messages are not.
 *
 * - `BACKUP_AMBIGUOUS`: more than one archive begins with what was given as its id.
 * - `BACKUP_DAMAGED`: an archive is cut, changed, or not what its manifest says.
 * - `BACKUP_INVALID_TAG`: a tag that can't be a part of a file name.
 * - `BACKUP_NEEDS_KEY`: an archive is encrypted, and no identity or passphrase was given.
 * - `BACKUP_NO_SPACE`: what an archive unpacks to does not fit on the disk.
 * - `BACKUP_NOT_FOUND`: no archive of this id.
 * - `BACKUP_TOO_NEW`: a newer version made the archive.
 * - `BACKUP_UNSAFE`: an archive has an entry that no backup has: another path, a link, a device, a name twice, a bomb.
 * - `BACKUP_UNSUPPORTED`: this version of Node can't do the compression.
 * - `BACKUP_WRONG_KEY`: no identity or passphrase that was given opens the archive.
 */
export type BackupErrorCode =
  | 'BACKUP_AMBIGUOUS'
  | 'BACKUP_DAMAGED'
  | 'BACKUP_INVALID_TAG'
  | 'BACKUP_NEEDS_KEY'
  | 'BACKUP_NO_SPACE'
  | 'BACKUP_NOT_FOUND'
  | 'BACKUP_TOO_NEW'
  | 'BACKUP_UNSAFE'
  | 'BACKUP_UNSUPPORTED'
  | 'BACKUP_WRONG_KEY';

/** A backup could not be made, read or restored; nothing was changed unless the message says so. */
export class BackupError extends Error {
  /** The class, also where a bundler has renamed it. */
  override get name(): 'BackupError' {
    return 'BackupError';
  }

  /** Why; compare this, not the message. */
  readonly code: BackupErrorCode;
  /** Absolute path of the archive or directory it is about; while a backup is made, the name of the archive or the file. */
  readonly path: string;

  constructor(code: BackupErrorCode, path: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.path = path;
  }
}

/** Whether `error` carries one of these codes, as errors of the file system do. */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
