import type { HeatRange } from './heat.ts';
import styles from './heat-legend.module.css';
import { HeatLegend } from './heat-legend.tsx';

interface HeatFootProps {
  readonly ranges: readonly HeatRange[];
  /** What is pointed at. */
  readonly looked: string | undefined;
  readonly hint: string;
}

/** Below a heat map: what is looked at, and the legend. */
export function HeatFoot({ ranges, looked, hint }: HeatFootProps) {
  return (
    <div className={styles.foot}>
      <output className={styles.readout}>
        {looked ?? <span className={styles.hint}>{hint}</span>}
      </output>
      <HeatLegend ranges={ranges} />
    </div>
  );
}
