import { fromUnixSeconds, normalizeDate } from '@tgstore/schema';

/**
 * Milliseconds since 1970 of a date: a day (`2024-01-31`, at midnight) or a time in ISO 8601, UTC where it names no zone.
 *
 * @throws TypeError that speaks of `name`, for what is no date
 */
export function toInstant(date: Date | string, name: string): number {
  const time = date instanceof Date ? date.getTime() : parseDate(date);
  if (!Number.isNaN(time)) return time;
  const example = '2024-01-31 or 2024-01-31T12:00:00Z';
  throw new TypeError(
    `\`${name}\` must be a date in ISO 8601, such as ${example}, not ${String(date)}`,
  );
}

// not Date.parse alone, which takes `message 5` for a day in May, and the 30th of February for the 1st of March
function parseDate(text: string): number {
  const date = normalizeDate(DAY.test(text) ? `${text}T00:00Z` : text);
  if (typeof date !== 'string' || !INSTANT.test(date)) return Number.NaN;
  const time = Date.parse(date);
  return fromUnixSeconds(time / 1000)?.slice(0, 10) === date.slice(0, 10) ? time : Number.NaN;
}

const DAY = /^\d{4}-\d\d-\d\d$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;
