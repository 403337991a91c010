// Days and hours of an activity are of the server's time zone: they are shown as they are, and never moved to another zone.

const inUtc = { timeZone: 'UTC' } as const;
const longDay = new Intl.DateTimeFormat(undefined, { ...inUtc, dateStyle: 'full' });
const mediumDay = new Intl.DateTimeFormat(undefined, { ...inUtc, dateStyle: 'medium' });
const monthOfYear = new Intl.DateTimeFormat(undefined, {
  ...inUtc,
  month: 'long',
  year: 'numeric',
});
const shortMonth = new Intl.DateTimeFormat(undefined, { ...inUtc, month: 'short' });
const longWeekday = new Intl.DateTimeFormat(undefined, { ...inUtc, weekday: 'long' });
const shortWeekday = new Intl.DateTimeFormat(undefined, { ...inUtc, weekday: 'short' });

/** `Friday, 31 January 2025` */
export function fullDay(day: string): string {
  return longDay.format(new Date(day));
}

/** `31 Jan 2025` */
export function dateOfDay(day: string): string {
  return mediumDay.format(new Date(day));
}

/** `January 2025`, of `2025-01` */
export function nameOfMonth(month: string): string {
  return monthOfYear.format(new Date(month));
}

/** `Jan`, of 0 */
export function shortMonthName(month: number): string {
  return shortMonth.format(Date.UTC(2024, month));
}

/** Monday is 0, and was the first day of 2024. */
export function weekdayName(weekday: number): string {
  return longWeekday.format(Date.UTC(2024, 0, 1 + weekday));
}

export function shortWeekdayName(weekday: number): string {
  return shortWeekday.format(Date.UTC(2024, 0, 1 + weekday));
}

/** `09:00–10:00` */
export function hourRange(hour: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(hour)}:00–${two((hour + 1) % 24)}:00`;
}
