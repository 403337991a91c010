import type { Activity } from '../../api/index.ts';

export interface ActivitySummary {
  readonly messages: number;
  readonly activeDays: number;
  /** Of the first and last message that have a date. */
  readonly firstDay: string | undefined;
  readonly lastDay: string | undefined;
  readonly busiestDay: { readonly day: string; readonly count: number } | undefined;
  /** Hour of the day, 0 to 23, over all weekdays. */
  readonly busiestHour: { readonly hour: number; readonly count: number } | undefined;
}

export function summaryOf({ messages, days, weekHours }: Activity): ActivitySummary {
  const busiest = indexOfMost(days.map(([, count]) => count));
  const hours = Array.from({ length: 24 }, (_, hour) =>
    weekHours.reduce((sum, counts) => sum + (counts[hour] ?? 0), 0),
  );
  const hour = indexOfMost(hours);
  const [day, count] = days[busiest ?? -1] ?? [];
  return {
    messages,
    activeDays: days.length,
    firstDay: days[0]?.[0],
    lastDay: days.at(-1)?.[0],
    busiestDay: day === undefined || count === undefined ? undefined : { day, count },
    busiestHour: hour === undefined ? undefined : { hour, count: hours[hour] ?? 0 },
  };
}

/** The first of the greatest; `undefined` where all are zero. */
function indexOfMost(counts: readonly number[]): number | undefined {
  let best: number | undefined;
  for (const [index, count] of counts.entries()) {
    if (count > (best === undefined ? 0 : (counts[best] ?? 0))) best = index;
  }
  return best;
}
