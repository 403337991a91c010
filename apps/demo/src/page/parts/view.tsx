import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import styles from './view.module.css';

interface ViewProps {
  readonly title: string;
  /** One line below the title. */
  readonly description?: ReactNode;
  /** Buttons beside the title. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A view that scrolls as a page does: the title, which takes the focus on arrival, and what it holds. */
export function View({ title, description, actions, children }: ViewProps) {
  return (
    <div className={styles.view}>
      <title>{`${title} · tgstore`}</title>
      <div className={styles.inside}>
        <header className={styles.head}>
          <div>
            <h1 tabIndex={-1}>{title}</h1>
            {description && <p className={styles.description}>{description}</p>}
          </div>
          {actions && <div className={styles.actions}>{actions}</div>}
        </header>
        {children}
      </div>
    </div>
  );
}

interface PanelProps {
  readonly title?: ReactNode;
  readonly actions?: ReactNode;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}

/** A part of a view on a surface of its own. */
export function Panel({ title, actions, className, children }: PanelProps) {
  return (
    <section className={classNames(styles.panel, className)}>
      {(title || actions) && (
        <header className={styles.head}>
          {title && <h2>{title}</h2>}
          {actions && <div className={styles.actions}>{actions}</div>}
        </header>
      )}
      {children}
    </section>
  );
}
