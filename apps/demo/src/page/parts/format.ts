// Numbers and dates as the reader's browser writes them.

const count = new Intl.NumberFormat();
const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'long' });
const dayOfYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long' });
const shortDay = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const shortDate = new Intl.DateTimeFormat(undefined, { dateStyle: 'short' });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'short' });
const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

const DAY = 86_400_000;

/** `12,345` */
export function formatCount(value: number): string {
  return count.format(value);
}

/** `12K` */
export function formatShortCount(value: number): string {
  return compact.format(value);
}

/** `1 message`, `12,345 messages` */
export function formatQuantity(value: number, one: string, many = `${one}s`): string {
  return `${formatCount(value)} ${value === 1 ? one : many}`;
}

/** `3.4 MB`, in powers of 1,000 as disks are sold. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && value < 10 ? 1 : 0;
  return `${value.toLocaleString(undefined, { maximumFractionDigits: digits })} ${units[unit]}`;
}

/** `0:07`, `1:02:03` */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  const rest = two(whole % 60);
  return hours ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/** `3 November`, with the year where it is not this one. */
export function formatDay(date: string, now = new Date()): string {
  return withDate(date, (at) =>
    (at.getFullYear() === now.getFullYear() ? dayOfYear : day).format(at),
  );
}

/** `14:05` */
export function formatTime(date: string): string {
  return withDate(date, (at) => time.format(at));
}

/** `3 Nov 2025, 14:05` */
export function formatDateTime(date: string): string {
  return withDate(date, (at) => dateTime.format(at));
}

/** As chat lists have it: the time today, the weekday this week, the day this year, else the date. */
export function formatShortDate(date: string, now = new Date()): string {
  return withDate(date, (at) => {
    const age = startOfDay(now) - startOfDay(at);
    if (age === 0) return time.format(at);
    if (age > 0 && age < 7 * DAY) return weekday.format(at);
    return (at.getFullYear() === now.getFullYear() ? shortDay : shortDate).format(at);
  });
}

/** `5 minutes ago`, `in 2 days` */
export function formatRelative(date: string, now = new Date()): string {
  return withDate(date, (at) => {
    const seconds = (at.getTime() - now.getTime()) / 1000;
    const steps = [
      ['second', 60],
      ['minute', 60],
      ['hour', 24],
      ['day', 30],
      ['month', 12],
    ] as const;
    let value = seconds;
    for (const [unit, next] of steps) {
      if (Math.abs(value) < next) return relative.format(Math.round(value), unit);
      value /= next;
    }
    return relative.format(Math.round(value), 'year');
  });
}

/** `2025-11-03`, in the reader's time zone, as `<input type=date>` wants it. */
export function toDayValue(date: string): string {
  const at = new Date(date);
  if (Number.isNaN(at.getTime())) return '';
  const two = (value: number) => String(value).padStart(2, '0');
  const year = String(at.getFullYear()).padStart(4, '0');
  return `${year}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

function startOfDay(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}

/** Formatters throw at dates that are none; a store may hold them, and they are shown as they are. */
function withDate(date: string, format: (at: Date) => string): string {
  const at = new Date(date);
  return Number.isNaN(at.getTime()) ? date : format(at);
}
