import { useMemo, useState } from 'react';
import { formatQuantity } from '../parts/format.ts';
import { ChartFigure } from './chart-figure.tsx';
import { hourRange, shortWeekdayName, weekdayName } from './days.ts';
import { heatLevel, heatRanges, heatScale } from './heat.ts';
import { HeatFoot } from './heat-foot.tsx';
import { type HeatCell, HeatGrid, LEFT } from './heat-grid.tsx';
import { useWidth } from './use-width.ts';

interface WeekChartProps {
  /** Seven lists, Monday first, of 24 numbers. */
  readonly weekHours: readonly (readonly number[])[];
}

const HOURS = 24;

/** Hours of the week: columns are hours, rows are weekdays. */
export function WeekChart({ weekHours }: WeekChartProps) {
  const [ref, width] = useWidth();
  const [looked, setLooked] = useState<HeatCell>();
  const counts = weekHours.flat();
  const scale = heatScale(counts);
  const cells = useMemo(() => cellsOf(weekHours), [weekHours]);
  const step = Math.min(40, Math.floor((width - LEFT) / HOURS));
  const rows = weekHours.map((hours, weekday) => [weekdayName(weekday), ...hours]);
  const head = ['Weekday', ...Array.from({ length: HOURS }, (_, hour) => String(hour))];
  return (
    <ChartFigure title="Hours of the week" table={{ head, rows }}>
      <div ref={ref}>
        {step > 0 && (
          <HeatGrid
            label="Hours of the week"
            cells={cells}
            columns={HOURS}
            rows={7}
            columnLabels={[0, 3, 6, 9, 12, 15, 18, 21].map((at) => ({
              at,
              text: String(at).padStart(2, '0'),
            }))}
            rowLabels={weekHours.map((_, at) => ({ at, text: shortWeekdayName(at) }))}
            step={step}
            onLook={setLooked}
          />
        )}
      </div>
      <HeatFoot
        ranges={heatRanges(scale, Math.max(0, ...counts))}
        looked={looked?.label}
        hint="Point at an hour, or move to it with the arrow keys."
      />
    </ChartFigure>
  );
}

function cellsOf(weekHours: readonly (readonly number[])[]): HeatCell[] {
  const scale = heatScale(weekHours.flat());
  return weekHours.flatMap((hours, row) =>
    hours.map((count, column) => ({
      column,
      row,
      level: heatLevel(count, scale),
      label: `${weekdayName(row)}, ${hourRange(column)}: ${formatQuantity(count, 'message')}`,
    })),
  );
}
