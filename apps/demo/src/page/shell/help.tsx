import { Fragment } from 'react';
import { Dialog } from '../parts/dialog.tsx';
import styles from './help.module.css';
import { type Shortcut, shortcuts } from './shortcuts.ts';

/** All keys that do something. */
export function Help({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      <div className={styles.groups}>
        {shortcuts.map(({ title, list }) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl className={styles.list}>
              {list.map((shortcut) => (
                <Line key={shortcut.does} {...shortcut} />
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

function Line({ keys, does }: Shortcut) {
  return (
    <div className={styles.line}>
      <dt className={styles.keys}>
        {keys.map((way, index) => (
          <Fragment key={way.join(' ')}>
            {index > 0 && <span className={styles.or}>or</span>}
            {way.map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}
          </Fragment>
        ))}
      </dt>
      <dd>{does}</dd>
    </div>
  );
}
