import { Badge, type Tone } from '../parts/badge.tsx';
import { formatCount } from '../parts/format.ts';
import { countResults, type RestoreItem, type RestoreResult } from './preview.ts';
import styles from './restore-results.module.css';

interface ResultWords {
  readonly tone: Tone;
  readonly future: string;
  readonly past: string;
}

export const RESULTS: Readonly<Record<RestoreResult, ResultWords>> = {
  restored: { tone: 'good', future: 'comes back', past: 'restored' },
  replaced: { tone: 'warn', future: 'is replaced', past: 'replaced' },
  existing: { tone: 'accent', future: 'differs, is left', past: 'left as they are' },
  unchanged: { tone: 'neutral', future: 'unchanged', past: 'unchanged' },
};

/** The heads of the counts, of many. */
const FUTURE: Readonly<Record<RestoreResult, string>> = {
  restored: 'come back',
  replaced: 'are replaced',
  existing: 'differ and are left',
  unchanged: 'are unchanged',
};

interface ResultCountsProps {
  readonly items: readonly RestoreItem[];
  readonly tense: 'future' | 'past';
}

/** How many of which. */
export function ResultCounts({ items, tense }: ResultCountsProps) {
  const counts = countResults(items);
  return (
    <p className={styles.counts}>
      {(['restored', 'replaced', 'existing', 'unchanged'] as const).map(
        (result) =>
          counts[result] > 0 && (
            <Badge key={result} tone={RESULTS[result].tone}>
              {formatCount(counts[result])}{' '}
              {tense === 'future' ? FUTURE[result] : RESULTS[result].past}
            </Badge>
          ),
      )}
    </p>
  );
}
