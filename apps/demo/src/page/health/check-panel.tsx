import { ShieldCheck, Square, Stethoscope } from 'lucide-react';
import { Button } from '../parts/button.tsx';
import { formatQuantity } from '../parts/format.ts';
import { ErrorNotice } from '../parts/notices.tsx';
import { Progress } from '../parts/progress.tsx';
import { Panel } from '../parts/view.tsx';
import styles from './check-panel.module.css';
import { FindingList } from './finding-list.tsx';
import { bySeverity } from './findings.ts';
import { type CheckRun, useCheck } from './use-check.ts';

/** Reads every conversation and says what is wrong, and what to do about it. */
export function CheckPanel() {
  const { run, start, stop } = useCheck();
  const { state, progress, findings, error } = run;
  const { errors, notices } = bySeverity(findings);
  const isRunning = state === 'running';
  return (
    <Panel
      title="Check"
      actions={
        isRunning ? (
          <Button icon={Square} onClick={stop}>
            Stop
          </Button>
        ) : (
          <Button variant="primary" icon={Stethoscope} onClick={start}>
            {state === 'idle' ? 'Check the store' : 'Check again'}
          </Button>
        )
      }
    >
      {state === 'idle' && (
        <p className={styles.soft}>
          Reads every conversation whole and says what is wrong with it. It changes nothing.
        </p>
      )}
      {isRunning && (
        <Progress
          label="Reading conversations"
          done={progress?.done ?? 0}
          total={progress?.total}
        />
      )}
      <output className={styles.verdict}>
        <Verdict run={run} errors={errors.length} notices={notices.length} />
      </output>
      {error !== undefined && <ErrorNotice error={error} />}
      {errors.length > 0 && <FindingList title="Errors" findings={errors} />}
      {notices.length > 0 && <FindingList title="Notices" findings={notices} />}
    </Panel>
  );
}

interface VerdictProps {
  readonly run: CheckRun;
  readonly errors: number;
  readonly notices: number;
}

function Verdict({ run: { state, progress, verdict }, errors, notices }: VerdictProps) {
  if (state === 'stopped') {
    return (
      <p className={styles.soft}>
        Stopped after {formatQuantity(progress?.done ?? 0, 'conversation')}.
      </p>
    );
  }
  if (!verdict) return null;
  const read = `${formatQuantity(verdict.conversations, 'conversation')} with ${formatQuantity(verdict.messages, 'message')} read`;
  if (errors + notices === 0) {
    return (
      <div className={styles.sound}>
        <ShieldCheck size={28} aria-hidden="true" />
        <div>
          <p className={styles.word}>No problems</p>
          <p>{read}, all as it should be.</p>
        </div>
      </div>
    );
  }
  const found = [
    errors > 0 && formatQuantity(errors, 'error'),
    notices > 0 && formatQuantity(notices, 'notice'),
  ].filter(Boolean);
  return (
    <p>
      <strong>{found.join(' and ')}</strong> · {read}.{errors === 0 && ' Notices harm nothing.'}
    </p>
  );
}
