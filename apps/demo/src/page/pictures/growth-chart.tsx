import { scaleLinear, scaleUtc } from 'd3-scale';
import { area, curveStepAfter, line } from 'd3-shape';
import { useMemo } from 'react';
import { formatCount, formatShortCount } from '../parts/format.ts';
import type { DayCount } from './calendar.ts';
import { ChartFigure } from './chart-figure.tsx';
import { nameOfMonth } from './days.ts';
import { type GrowthPoint, growthByDay, growthByMonth } from './growth.ts';
import styles from './growth-chart.module.css';
import { useWidth } from './use-width.ts';

const HEIGHT = 220;
const MARGIN = { top: 10, right: 10, bottom: 24, left: 44 };

/** How many messages there were at each time. */
export function GrowthChart({ days }: { readonly days: readonly DayCount[] }) {
  const [ref, width] = useWidth();
  const points = useMemo(() => growthByDay(days), [days]);
  const rows = growthByMonth(days).map(({ time, total }) => [
    nameOfMonth(time),
    formatCount(total),
  ]);
  return (
    <ChartFigure title="Growth" table={{ head: ['Until the end of', 'Messages'], rows }}>
      <div ref={ref} className={styles.chart}>
        {width > 0 && <GrowthPicture points={points} width={width} />}
      </div>
    </ChartFigure>
  );
}

function GrowthPicture(props: { readonly points: readonly GrowthPoint[]; readonly width: number }) {
  const { points, width } = props;
  const { x, y, toArea, toLine } = useMemo(() => shapes(points, width), [points, width]);
  const base = HEIGHT - MARGIN.bottom;
  const timeFormat = x.tickFormat();
  return (
    <svg aria-hidden="true" width={width} height={HEIGHT}>
      {y.ticks(4).map((total) => (
        <g key={total} transform={`translate(0 ${y(total)})`}>
          <line x1={MARGIN.left} x2={width - MARGIN.right} />
          <text x={MARGIN.left - 8} className={styles.left}>
            {formatShortCount(total)}
          </text>
        </g>
      ))}
      {x.ticks(Math.max(2, Math.floor(width / 110))).map((time) => (
        <text key={time.getTime()} x={x(time)} y={base + 18} className={styles.below}>
          {timeFormat(time)}
        </text>
      ))}
      <path className={styles.area} d={toArea} />
      <path className={styles.line} d={toLine} />
    </svg>
  );
}

function shapes(points: readonly GrowthPoint[], width: number) {
  const times = points.map(({ time }) => new Date(time));
  // a line needs two ends, also of a single day
  const first = times[0] ?? new Date(0);
  const last = new Date((times.at(-1) ?? first).getTime() + 86_400_000);
  const x = scaleUtc([first, last], [MARGIN.left, width - MARGIN.right]);
  const most = points.at(-1)?.total ?? 0;
  const y = scaleLinear([0, Math.max(most, 1)], [HEIGHT - MARGIN.bottom, MARGIN.top]);
  const steps = [...points, { time: last.toISOString(), total: most }];
  const at = ({ time }: GrowthPoint) => x(new Date(time));
  const height = ({ total }: GrowthPoint) => y(total);
  const toArea = area<GrowthPoint>(at, y(0), height).curve(curveStepAfter)(steps) ?? '';
  const toLine = line<GrowthPoint>(at, height).curve(curveStepAfter)(steps) ?? '';
  return { x, y, toArea, toLine };
}
