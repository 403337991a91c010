import { classNames } from '../parts/class-names.ts';
import { formatCount } from '../parts/format.ts';
import { Panel } from '../parts/view.tsx';
import type { WorkState } from './sorts.ts';
import styles from './status-figures.module.css';

interface StatusFiguresProps {
  readonly counts: Readonly<Record<WorkState, number>>;
  /** Whose list is shown below. */
  readonly shown: WorkState;
  readonly onShow: (state: WorkState) => void;
}

const STATES = ['processed', 'unprocessed', 'failed'] as const;

/** How far the work is: three figures, which choose the list below, and a bar. */
export function StatusFigures({ counts, shown, onShow }: StatusFiguresProps) {
  return (
    <Panel>
      <div className={styles.figures}>
        {STATES.map((state) => (
          <button
            key={state}
            type="button"
            className={styles.figure}
            aria-pressed={state === shown}
            onClick={() => onShow(state)}
          >
            <span className={styles.count}>{formatCount(counts[state])}</span>
            <span className={styles.label}>
              <span className={classNames(styles.dot, styles[state])} />
              {state}
            </span>
          </button>
        ))}
      </div>
      <div className={styles.bar} aria-hidden="true">
        {STATES.map(
          (state) =>
            counts[state] > 0 && (
              <span key={state} className={styles[state]} style={{ flexGrow: counts[state] }} />
            ),
        )}
      </div>
    </Panel>
  );
}
