import { CircleCheck, Lock, RotateCcw, ShieldCheck } from 'lucide-react';
import type { ShownBackup } from '../../api/index.ts';
import { Badge } from '../parts/badge.tsx';
import { Button } from '../parts/button.tsx';
import { formatBytes, formatDateTime, formatQuantity, formatRelative } from '../parts/format.ts';
import { BackupError } from './backup-error.tsx';
import styles from './backup-list.module.css';
import { useVerifyBackup } from './use-backups.ts';

interface BackupListProps {
  readonly backups: readonly ShownBackup[];
  /** Absent where nothing may be changed. */
  readonly onRestore?: ((backup: ShownBackup) => void) | undefined;
}

export function BackupList({ backups, onRestore }: BackupListProps) {
  return (
    <ul className={styles.list}>
      {backups.map((backup) => (
        <li key={backup.id} className={styles.item}>
          <BackupItem backup={backup} onRestore={onRestore && (() => onRestore(backup))} />
        </li>
      ))}
    </ul>
  );
}

interface BackupItemProps {
  readonly backup: ShownBackup;
  readonly onRestore?: (() => void) | undefined;
}

function BackupItem({ backup, onRestore }: BackupItemProps) {
  const { id, createdAt, tag, size, conversations, isEncrypted, verifiedAt } = backup;
  const verify = useVerifyBackup(id);
  const date = formatDateTime(createdAt);
  return (
    <>
      <div className={styles.words}>
        <h3 className={styles.title}>
          <time dateTime={createdAt}>{date}</time>
          {tag === undefined ? (
            <Badge>automatic</Badge>
          ) : (
            <Badge tone="accent">
              <bdi data-secret="">{tag}</bdi>
            </Badge>
          )}
          {isEncrypted && <Badge icon={Lock}>encrypted</Badge>}
        </h3>
        <p className={styles.facts}>
          <span>{formatBytes(size)}</span>
          {conversations !== undefined && (
            <span>{formatQuantity(conversations, 'conversation')}</span>
          )}
          <span>
            {verifiedAt ? `verified ${formatRelative(verifiedAt)}` : 'never verified here'}
          </span>
          <code>{id}</code>
        </p>
        <output className={styles.outcome}>
          {verify.data && (
            <>
              <CircleCheck size={16} aria-hidden="true" /> Whole:{' '}
              {formatQuantity(verify.data.conversations, 'conversation')} read, every byte as it was
              written
            </>
          )}
        </output>
      </div>
      <div className={styles.actions}>
        <Button
          icon={ShieldCheck}
          aria-label={`Verify the backup of ${date}`}
          isBusy={verify.isPending}
          onClick={() => verify.mutate()}
        >
          Verify
        </Button>
        {onRestore && (
          <Button icon={RotateCcw} aria-label={`Restore the backup of ${date}`} onClick={onRestore}>
            Restore…
          </Button>
        )}
      </div>
      {verify.error && (
        <div className={styles.error}>
          <BackupError error={verify.error} />
        </div>
      )}
    </>
  );
}
