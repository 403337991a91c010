import { Archive } from 'lucide-react';
import { useState } from 'react';
import type { ShownBackup } from '../../api/index.ts';
import { useStoreInfo } from '../client/store-info.ts';
import { formatQuantity } from '../parts/format.ts';
import { EmptyState, ErrorNotice } from '../parts/notices.tsx';
import { Spinner } from '../parts/progress.tsx';
import { Panel, View } from '../parts/view.tsx';
import { BackupList } from './backup-list.tsx';
import styles from './backups-view.module.css';
import { CreateBackup } from './create-backup.tsx';
import { RestoreDialog } from './restore-dialog.tsx';
import { useBackups } from './use-backups.ts';

/** `/backups` */
export function BackupsView() {
  const { data, error, refetch } = useBackups();
  const canChange = useStoreInfo()?.isReadOnly === false;
  const [restored, setRestored] = useState<ShownBackup>();
  return (
    <View
      title="Backups"
      description={
        data && (
          <>
            In{' '}
            <code className={styles.path} data-secret="">
              <bdi>{data.directory}</bdi>
            </code>
          </>
        )
      }
    >
      {canChange && <CreateBackup />}
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Spinner label="Reading the backups" />}
      {data && (
        <Panel title={data.backups.length > 0 && formatQuantity(data.backups.length, 'backup')}>
          {data.backups.length === 0 ? (
            <EmptyState icon={Archive} title="No backups yet">
              {canChange && 'Make the first one above.'}
            </EmptyState>
          ) : (
            <BackupList backups={data.backups} onRestore={canChange ? setRestored : undefined} />
          )}
        </Panel>
      )}
      {data && data.foreign.length > 0 && <ForeignFiles names={data.foreign} />}
      {restored && (
        <RestoreDialog key={restored.id} backup={restored} onClose={() => setRestored(undefined)} />
      )}
    </View>
  );
}

function ForeignFiles({ names }: { readonly names: readonly string[] }) {
  return (
    <details className={styles.foreign}>
      <summary>{formatQuantity(names.length, 'other file')} there, no backups</summary>
      <ul>
        {names.map((name) => (
          <li key={name}>
            <code data-secret="">
              <bdi>{name}</bdi>
            </code>
          </li>
        ))}
      </ul>
    </details>
  );
}
