import { type ReactNode, useState } from 'react';
import styles from './entity-text.module.css';

interface QuoteProps {
  /** Only its beginning is shown until somebody wants more. */
  readonly isLong: boolean;
  readonly children: ReactNode;
}

export function Quote({ isLong, children }: QuoteProps) {
  const [isOpen, setOpen] = useState(!isLong);
  return (
    <blockquote className={styles.quote} dir="auto">
      <span className={isOpen ? undefined : styles.cut}>{children}</span>
      {isLong && (
        <button
          type="button"
          className={styles.more}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? 'Show less' : 'Show all'}
        </button>
      )}
    </blockquote>
  );
}
