import type { DayCount } from './calendar.ts';

export interface GrowthPoint {
  /** `2025-01-31`, or `2025-01` of a whole month */
  readonly time: string;
  /** Messages until the end of it. */
  readonly total: number;
}

/** How many messages there were at the end of each day that has some. */
export function growthByDay(days: readonly DayCount[]): GrowthPoint[] {
  let total = 0;
  return days.map(([time, count]) => {
    total += count;
    return { time, total };
  });
}

/** The same at the end of each month that has some: few enough for a table. */
export function growthByMonth(days: readonly DayCount[]): GrowthPoint[] {
  const months = new Map<string, number>();
  for (const { time, total } of growthByDay(days)) months.set(time.slice(0, 7), total);
  return [...months].map(([time, total]) => ({ time, total }));
}
