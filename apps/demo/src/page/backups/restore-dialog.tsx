import { useState } from 'react';
import type { ShownBackup } from '../../api/index.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { formatDateTime, formatQuantity } from '../parts/format.ts';
import { Spinner } from '../parts/progress.tsx';
import { BackupError } from './backup-error.tsx';
import { changes } from './preview.ts';
import styles from './restore-dialog.module.css';
import { RestoreOutcomeView } from './restore-outcome.tsx';
import { RestorePreview } from './restore-preview.tsx';
import { useRestore, useRestorePreview } from './use-backups.ts';

interface RestoreDialogProps {
  readonly backup: ShownBackup;
  readonly onClose: () => void;
}

/** First what would happen, then a button that does it, then what happened. */
export function RestoreDialog({ backup, onClose }: RestoreDialogProps) {
  const [overwrite, setOverwrite] = useState(true);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const preview = useRestorePreview(backup.id, overwrite);
  const restore = useRestore(backup.id);

  const items = preview.data?.items ?? [];
  const changing = items.filter(changes);
  const chosen = changing.filter(({ id }) => !left.has(id));
  const run = () => {
    const only = chosen.length < changing.length ? { only: chosen.map(({ id }) => id) } : {};
    restore.mutate({ overwrite, ...only });
  };
  const isReady = preview.isSuccess && !preview.isFetching && !restore.error;
  return (
    <Dialog
      title={`Restore the backup of ${formatDateTime(backup.createdAt)}`}
      onClose={onClose}
      actions={
        restore.data ? (
          <Button variant="primary" onClick={onClose}>
            Close
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button
              variant="primary"
              disabled={!isReady || chosen.length === 0}
              isBusy={restore.isPending}
              onClick={run}
            >
              Restore {formatQuantity(chosen.length, 'conversation')}
            </Button>
          </>
        )
      }
    >
      <div className={styles.body}>
        {restore.data ? (
          <RestoreOutcomeView outcome={restore.data} />
        ) : (
          <>
            <label className={styles.overwrite}>
              <input
                type="checkbox"
                checked={overwrite}
                disabled={restore.isPending}
                onChange={(event) => setOverwrite(event.target.checked)}
              />
              <span>
                Replace conversations that differ from the backup
                <span className={styles.soft}>
                  {overwrite
                    ? 'What is replaced is first kept in a new backup: nothing is lost.'
                    : 'They are left as they are; only those that are missing come back.'}
                </span>
              </span>
            </label>
            {preview.isFetching && <Spinner label="Reading the backup to see what would change" />}
            {preview.error && <BackupError error={preview.error} />}
            {preview.isSuccess && !preview.isFetching && (
              <RestorePreview items={items} left={left} onLeft={setLeft} />
            )}
            {restore.error && <BackupError error={restore.error} />}
          </>
        )}
      </div>
    </Dialog>
  );
}
