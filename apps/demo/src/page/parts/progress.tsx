import { formatCount } from './format.ts';
import styles from './progress.module.css';

/** Something is under way, nobody knows how long; `label` says what. Without one it is decoration beside words. */
export function Spinner({ label }: { readonly label?: string }) {
  if (!label) return <span className={styles.spinner} aria-hidden="true" />;
  return (
    <output className={styles.waiting}>
      <span className={styles.spinner} aria-hidden="true" />
      {label}
    </output>
  );
}

interface ProgressProps {
  readonly label: string;
  readonly done: number;
  /** `undefined` while nobody knows. */
  readonly total?: number | undefined;
}

/** A bar with its numbers. */
export function Progress({ label, done, total }: ProgressProps) {
  return (
    <div className={styles.progress}>
      <div className={styles.numbers}>
        <span>{label}</span>
        <span>
          {formatCount(done)}
          {total !== undefined && ` of ${formatCount(total)}`}
        </span>
      </div>
      <progress
        className={styles.bar}
        aria-label={label}
        {...(total !== undefined && { value: done, max: Math.max(total, 1) })}
      />
    </div>
  );
}
