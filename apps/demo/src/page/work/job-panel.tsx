import { Play, Square } from 'lucide-react';
import { useId, useState } from 'react';
import type { StoreInfo } from '../../api/index.ts';
import { useJob } from '../client/job.ts';
import { Button } from '../parts/button.tsx';
import { Checkbox } from '../parts/checkbox.tsx';
import { ErrorNotice } from '../parts/notices.tsx';
import { Panel } from '../parts/view.tsx';
import styles from './job-panel.module.css';
import { JobProgress } from './job-progress.tsx';
import { useJobCommands } from './use-job-commands.ts';

interface JobPanelProps {
  readonly store: StoreInfo;
  /** Whether a conversation is not processed. */
  readonly hasWork: boolean;
}

/** Runs the command over what is not processed. */
export function JobPanel({ store, hasWork }: JobPanelProps) {
  const { data: job, error } = useJob();
  const { start, stop } = useJobCommands();
  const [retryFailed, setRetryFailed] = useState(false);
  const hint = useId();
  const isUnderWay = job?.state === 'running' || job?.state === 'stopping';
  const canStart = store.command !== undefined && !store.isReadOnly;
  return (
    <Panel title="Processing">
      {store.isReadOnly ? (
        <p className={styles.soft}>The store is open for reading only.</p>
      ) : (
        <Command command={store.command} />
      )}
      {canStart && (
        <div className={styles.controls}>
          {isUnderWay ? (
            <Button
              variant="danger"
              icon={Square}
              isBusy={stop.isPending || job.state === 'stopping'}
              onClick={() => stop.mutate()}
            >
              {job.state === 'stopping' ? 'Finishing what is in hand' : 'Stop'}
            </Button>
          ) : (
            <>
              <Button
                variant="primary"
                icon={Play}
                isBusy={start.isPending}
                disabled={!hasWork}
                aria-describedby={hint}
                onClick={() => start.mutate({ retryFailed })}
              >
                Run
              </Button>
              <Checkbox
                label="also those that failed and are not due yet"
                checked={retryFailed}
                onChange={setRetryFailed}
              />
              <span id={hint} className={styles.soft}>
                {!hasWork && 'All is processed.'}
              </span>
            </>
          )}
        </div>
      )}
      {[error, start.error, stop.error].map(
        (one) => one && <ErrorNotice key={one.message} error={one} />,
      )}
      {job && (
        <JobProgress
          job={job}
          onRetry={
            canStart && !isUnderWay ? (ids) => start.mutate({ ids, retryFailed: true }) : undefined
          }
        />
      )}
    </Panel>
  );
}

function Command({ command }: { readonly command: string | undefined }) {
  if (command !== undefined) {
    return (
      <p className={styles.soft}>
        For each conversation: <code className={styles.command}>{command}</code>
      </p>
    );
  }
  return (
    <p className={styles.soft}>
      To run a command over each conversation that is not processed, say it at the start:{' '}
      <code className={styles.command}>tgstore serve --exec &apos;…&apos;</code>
    </p>
  );
}
