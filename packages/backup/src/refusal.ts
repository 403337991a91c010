import { BackupError } from './errors.ts';

/** An archive that is cut, changed, or not what its manifest says. */
export function damaged(path: string, why: string): BackupError {
  const message = `${path} is damaged: ${why}; restore from another backup`;
  return new BackupError('BACKUP_DAMAGED', path, message);
}

/** An archive that has what no backup has. */
export function unsafe(path: string, why: string): BackupError {
  const message = `${path} is refused: ${why}; it was not made by tgstore, or was changed since`;
  return new BackupError('BACKUP_UNSAFE', path, message);
}
