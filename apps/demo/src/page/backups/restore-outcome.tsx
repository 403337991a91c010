import { CircleCheck } from 'lucide-react';
import type { RestoreOutcome } from '../../api/index.ts';
import styles from './restore-outcome.module.css';
import { ResultCounts } from './restore-results.tsx';

/** What a restore did, and where what it replaced is. */
export function RestoreOutcomeView({ outcome }: { readonly outcome: RestoreOutcome }) {
  const { items, preRestore } = outcome;
  return (
    <div className={styles.outcome} role="status">
      <p className={styles.done}>
        <CircleCheck size={18} aria-hidden="true" /> Restored
      </p>
      <ResultCounts items={items} tense="past" />
      {preRestore !== undefined && (
        <p>
          What was replaced is kept in the backup <code className={styles.id}>{preRestore}</code>.
        </p>
      )}
    </div>
  );
}
