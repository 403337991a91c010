import { useMemo, useState } from 'react';
import { formatQuantity } from '../parts/format.ts';
import { type CalendarStrip, calendarStrips, type DayCount } from './calendar.ts';
import styles from './calendar-chart.module.css';
import { ChartFigure } from './chart-figure.tsx';
import { fullDay, shortMonthName, shortWeekdayName } from './days.ts';
import { type HeatScale, heatLevel, heatRanges, heatScale } from './heat.ts';
import { HeatFoot } from './heat-foot.tsx';
import { type HeatCell, HeatGrid, LEFT } from './heat-grid.tsx';
import { useWidth } from './use-width.ts';

interface CalendarChartProps {
  readonly days: readonly DayCount[];
  /** Where a day can be opened. */
  readonly onOpenDay?: ((day: string) => void) | undefined;
}

interface DayCell extends HeatCell {
  readonly day: string;
}

/** Below this a year has two rows, so that a day stays a square that one can point at. */
const NARROW = 560;

export function CalendarChart({ days, onOpenDay }: CalendarChartProps) {
  const [ref, width] = useWidth();
  const [looked, setLooked] = useState<DayCell>();
  const isNarrow = width < NARROW;
  const strips = useMemo(() => calendarStrips(days, isNarrow ? 'half' : 'year'), [days, isNarrow]);
  const scale = useMemo(() => heatScale(days.map(([, count]) => count)), [days]);
  const most = Math.max(0, ...days.map(([, count]) => count));
  const step = Math.min(18, Math.floor((width - LEFT) / (isNarrow ? 27 : 54)));
  const rows = days.map(([day, count]) => [fullDay(day), count]);
  return (
    <ChartFigure title="Activity by day" table={{ head: ['Day', 'Messages'], rows }}>
      <div ref={ref} className={styles.years}>
        {step > 0 &&
          strips.map((strip) => (
            <section key={strip.days[0]?.day}>
              <h3>
                {nameOf(strip)}{' '}
                <span className={styles.total}>{formatQuantity(strip.total, 'message')}</span>
              </h3>
              <HeatGrid<DayCell>
                label={`Days of ${nameOf(strip)}`}
                cells={cellsOf(strip, scale)}
                columns={strip.weeks}
                rows={7}
                columnLabels={strip.months.map(({ month, week }) => ({
                  at: week,
                  text: shortMonthName(month),
                }))}
                rowLabels={[0, 2, 4, 6].map((at) => ({ at, text: shortWeekdayName(at) }))}
                step={step}
                onLook={setLooked}
                onOpen={onOpenDay && (({ day }) => onOpenDay(day))}
              />
            </section>
          ))}
      </div>
      <HeatFoot
        ranges={heatRanges(scale, most)}
        looked={looked?.label}
        hint={
          onOpenDay
            ? 'Choose a day to read its messages.'
            : 'Point at a day, or move to it with the arrow keys.'
        }
      />
    </ChartFigure>
  );
}

/** `2025`, or `2025, Jul–Dec` */
function nameOf({ year, months }: CalendarStrip): string {
  if (months.length === 12) return String(year);
  const [first, last] = [months[0]?.month ?? 0, months.at(-1)?.month ?? 0].map(shortMonthName);
  return `${year}, ${first}–${last}`;
}

function cellsOf({ days }: CalendarStrip, scale: HeatScale): DayCell[] {
  return days.map(({ day, count, week, weekday }) => ({
    day,
    column: week,
    row: weekday,
    level: heatLevel(count, scale),
    label: `${fullDay(day)}: ${formatQuantity(count, 'message')}`,
  }));
}
