import { type ReactNode, useState } from 'react';
import styles from './entity-text.module.css';

/** Words that are hidden until somebody wants to see them. */
export function Spoiler({ children }: { readonly children: ReactNode }) {
  const [isShown, setShown] = useState(false);
  if (isShown) return <span className={styles.shown}>{children}</span>;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a <button> does not break over lines as words do
    <span
      role="button"
      tabIndex={0}
      aria-label="Spoiler: show it"
      className={styles.spoiler}
      onClick={(event) => {
        event.preventDefault();
        setShown(true);
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        event.stopPropagation();
        // what has the focus goes; the message takes it
        event.currentTarget.closest<HTMLElement>('[data-message]')?.focus({ preventScroll: true });
        setShown(true);
      }}
    >
      <span aria-hidden="true" inert>
        {children}
      </span>
    </span>
  );
}
