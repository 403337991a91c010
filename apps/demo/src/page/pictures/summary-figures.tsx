import type { ReactNode } from 'react';
import type { Activity } from '../../api/index.ts';
import { formatCount, formatQuantity } from '../parts/format.ts';
import { dateOfDay, hourRange } from './days.ts';
import { summaryOf } from './summary.ts';
import styles from './summary-figures.module.css';

/** The picture in six figures. */
export function SummaryFigures({ activity }: { readonly activity: Activity }) {
  const summary = summaryOf(activity);
  const { messages, activeDays, busiestDay, busiestHour, firstDay, lastDay } = summary;
  return (
    <dl className={styles.figures}>
      <Figure label="Messages" value={formatCount(messages)} />
      <Figure label="Active days" value={formatCount(activeDays)} />
      {busiestDay && (
        <Figure
          label="Busiest day"
          value={dateOfDay(busiestDay.day)}
          more={formatQuantity(busiestDay.count, 'message')}
        />
      )}
      {busiestHour && (
        <Figure
          label="Busiest hour"
          value={hourRange(busiestHour.hour)}
          more={formatQuantity(busiestHour.count, 'message')}
        />
      )}
      {firstDay && <Figure label="First" value={dateOfDay(firstDay)} />}
      {lastDay && <Figure label="Last" value={dateOfDay(lastDay)} />}
    </dl>
  );
}

interface FigureProps {
  readonly label: string;
  readonly value: string;
  readonly more?: ReactNode;
}

function Figure({ label, value, more }: FigureProps) {
  return (
    <div>
      <dt>{label}</dt>
      <dd className={styles.value}>{value}</dd>
      {more && <dd className={styles.more}>{more}</dd>}
    </div>
  );
}
