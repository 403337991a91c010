import { RotateCw } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import type { Job } from '../../api/index.ts';
import { Badge, type Tone } from '../parts/badge.tsx';
import { Button } from '../parts/button.tsx';
import { conversationAddress } from '../parts/conversation-address.ts';
import { ConversationName } from '../parts/conversation-name.tsx';
import { formatCount, formatDuration, formatQuantity, formatRelative } from '../parts/format.ts';
import { ErrorNotice } from '../parts/notices.tsx';
import { Progress } from '../parts/progress.tsx';
import styles from './job-progress.module.css';

interface JobProgressProps {
  readonly job: Job;
  /** Absent where none can be started now. */
  readonly onRetry?: ((ids: readonly string[]) => void) | undefined;
}

const LABELS: Readonly<Record<Job['state'], string>> = {
  running: 'Running',
  stopping: 'Stopping',
  done: 'Done',
  failed: 'Failed',
};

/** How far the job is, or how the last one went. */
export function JobProgress({ job, onRetry }: JobProgressProps) {
  const isOver = job.endedAt !== undefined;
  return (
    <div className={styles.job}>
      <Progress
        label={LABELS[job.state]}
        done={job.done}
        total={isOver ? (job.total ?? job.done) : job.total}
      />
      <p className={styles.counts}>
        {Object.entries(job.counts).map(([outcome, count]) => (
          <Badge key={outcome} tone={toneOf(outcome)}>
            {outcome.replaceAll('-', ' ')} {formatCount(count)}
          </Badge>
        ))}
        <Elapsed job={job} />
      </p>
      {job.error && <ErrorNotice error={job.error} />}
      {job.failures.length > 0 && <Failures failures={job.failures} onRetry={onRetry} />}
    </div>
  );
}

interface FailuresProps extends Pick<JobProgressProps, 'onRetry'> {
  readonly failures: Job['failures'];
}

function Failures({ failures, onRetry }: FailuresProps) {
  const ids = failures.map(({ conversationId }) => conversationId);
  return (
    <section className={styles.failures}>
      <header className={styles.head}>
        <h3>{formatQuantity(failures.length, 'failure')}</h3>
        {onRetry && (
          <Button icon={RotateCw} onClick={() => onRetry(ids)}>
            Retry all
          </Button>
        )}
      </header>
      <ul className={styles.list}>
        {failures.map(({ conversationId: id, error }) => (
          <li key={id} className={styles.failure}>
            <div className={styles.words}>
              <Link href={conversationAddress(id)}>
                <ConversationName id={id} />
              </Link>
              <p className={styles.error} dir="auto" data-secret="">
                {error.message}
              </p>
            </div>
            {onRetry && (
              <Button variant="quiet" onClick={() => onRetry([id])}>
                Retry
                <span className="visually-hidden">
                  {' '}
                  <ConversationName id={id} />
                </span>
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Counts the seconds while it runs. */
function Elapsed({ job: { startedAt, endedAt } }: { readonly job: Job }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (endedAt !== undefined) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [endedAt]);
  const end = endedAt === undefined ? now : Date.parse(endedAt);
  const seconds = Math.max(0, (end - Date.parse(startedAt)) / 1000);
  return (
    <span className={styles.elapsed}>
      {endedAt === undefined
        ? formatDuration(seconds)
        : `took ${formatDuration(seconds)}, ended ${formatRelative(endedAt)}`}
    </span>
  );
}

function toneOf(outcome: string): Tone {
  if (outcome === 'processed') return 'good';
  return outcome === 'failed' ? 'bad' : 'neutral';
}
