import type { Activity } from '../../api/index.ts';
import { formatCount, formatQuantity } from '../parts/format.ts';
import { Name } from '../parts/name.tsx';
import { ChartFigure } from './chart-figure.tsx';
import styles from './senders-chart.module.css';

interface SendersChartProps extends Pick<Activity, 'senders' | 'otherSenders'> {
  readonly title: string;
  /** `sender`, or what stands in their place. */
  readonly what: string;
}

/** A bar for each, the longest first, and one for all others. */
export function SendersChart({ senders, otherSenders, title, what }: SendersChartProps) {
  const others = otherSenders.senders > 0 && {
    label: `${formatQuantity(otherSenders.senders, 'other')}`,
    count: otherSenders.messages,
  };
  // one loud bar of all others would make those of people short
  const most = Math.max(1, ...senders.map(({ count }) => count));
  const rows = senders.map(({ id, name, count }) => [<Name key={id} id={id} name={name} />, count]);
  if (others) rows.push([<span key="others">{others.label}</span>, others.count]);
  return (
    <ChartFigure title={title} table={{ head: [what, 'Messages'], rows }}>
      <div className={styles.bars} aria-hidden="true">
        {senders.map(({ id, name, count }) => (
          <div key={id} className={styles.row}>
            <Name id={id} name={name} className={styles.name} />
            <Bar part={count / most} />
            <span className={styles.count}>{formatCount(count)}</span>
          </div>
        ))}
      </div>
      {others && (
        <p className={styles.others} aria-hidden="true">
          and {others.label} with {formatQuantity(others.count, 'message')}
        </p>
      )}
    </ChartFigure>
  );
}

function Bar({ part }: { readonly part: number }) {
  return (
    <svg className={styles.bar} width="100%" height="12" aria-hidden="true">
      <rect width={`${Math.max(part * 100, 0.5)}%`} height="12" rx="3" />
    </svg>
  );
}
