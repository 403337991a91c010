/** A day of a calendar: weeks are columns and begin on Monday. */
export interface CalendarDay {
  /** `2025-01-31` */
  readonly day: string;
  readonly count: number;
  readonly week: number;
  /** 0 is Monday. */
  readonly weekday: number;
}

/** A row of the picture: a year, or half of one where there is little room. */
export interface CalendarStrip {
  readonly year: number;
  readonly total: number;
  readonly weeks: number;
  readonly days: readonly CalendarDay[];
  /** Where each month begins. */
  readonly months: readonly { readonly month: number; readonly week: number }[];
}

export type DayCount = readonly [day: string, count: number];

const DAY_MS = 86_400_000;

/** Strips of each year that has messages, the latest first. */
export function calendarStrips(days: readonly DayCount[], part: 'year' | 'half'): CalendarStrip[] {
  const counts = new Map(days);
  const years = [...new Set(days.map(([day]) => Number(day.slice(0, 4))))].sort((a, b) => b - a);
  return years.flatMap((year) => {
    if (part === 'year') return [strip(year, 0, 12, counts)];
    return [strip(year, 6, 12, counts), strip(year, 0, 6, counts)];
  });
}

/** Months count from 0; the last is not included. */
function strip(
  year: number,
  firstMonth: number,
  endMonth: number,
  counts: ReadonlyMap<string, number>,
): CalendarStrip {
  const first = utc(year, firstMonth);
  const offset = mondayFirst(first);
  const days: CalendarDay[] = [];
  const months: { month: number; week: number }[] = [];
  const end = utc(year, endMonth).getTime();
  for (let at = first.getTime(); at < end; at += DAY_MS) {
    const date = new Date(at);
    const week = Math.floor((offset + days.length) / 7);
    if (date.getUTCDate() === 1) months.push({ month: date.getUTCMonth(), week });
    const day = date.toISOString().slice(0, 10);
    days.push({ day, count: counts.get(day) ?? 0, week, weekday: mondayFirst(date) });
  }
  return {
    year,
    total: days.reduce((sum, { count }) => sum + count, 0),
    weeks: (days.at(-1)?.week ?? 0) + 1,
    days,
    months,
  };
}

/** `Date.UTC` takes the years 0 to 99 for 1900 to 1999. */
function utc(year: number, month: number): Date {
  const date = new Date(0);
  date.setUTCFullYear(year, month, 1);
  return date;
}

function mondayFirst(date: Date): number {
  return (date.getUTCDay() + 6) % 7;
}
