import { formatCount } from '../parts/format.ts';
import type { HeatRange } from './heat.ts';
import styles from './heat-legend.module.css';

/** What each colour stands for. */
export function HeatLegend({ ranges }: { readonly ranges: readonly HeatRange[] }) {
  return (
    <ul className={styles.legend} aria-label="Messages">
      {[{ level: 0, from: 0, to: 0 }, ...ranges].map(({ level, from, to }) => (
        <li key={level}>
          <span className={styles.square} style={{ background: `var(--heat-${level})` }} />
          {from === to ? formatCount(from) : `${formatCount(from)}–${formatCount(to)}`}
        </li>
      ))}
    </ul>
  );
}
