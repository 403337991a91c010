import { RequestError } from '../client/request.ts';
import { ErrorNotice } from '../parts/notices.tsx';
import styles from './backup-error.module.css';

/** What to do about it, beyond what the error says itself. */
const ADVICE: Readonly<Record<string, string>> = {
  BACKUP_NEEDS_KEY: 'Start tgstore serve with the key of this backup, then try again.',
  BACKUP_WRONG_KEY:
    'The key that tgstore serve was started with belongs to another backup. Start it with the one that was used when this backup was made.',
  BACKUP_DAMAGED:
    'Nothing was changed. Take another backup, or another copy of this one; what is damaged can’t be restored.',
  BACKUP_UNSAFE:
    'Nothing was changed. tgstore did not make this archive as it is: do not trust it.',
  BACKUP_TOO_NEW: 'Nothing was changed. Update tgstore, then try again.',
  BACKUP_NO_SPACE: 'Nothing was changed. Make room on the disk, then try again.',
  BACKUP_NOT_FOUND: 'It was removed meanwhile.',
};

/** An error about a backup, with what to do. */
export function BackupError({ error }: { readonly error: unknown }) {
  const advice = error instanceof RequestError ? ADVICE[error.code] : undefined;
  return (
    <div className={styles.error}>
      <ErrorNotice error={error} />
      {advice && <p>{advice}</p>}
    </div>
  );
}
