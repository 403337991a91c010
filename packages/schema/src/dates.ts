const CANONICAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;
const LENIENT =
  /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?:(:\d\d)(\.\d+)?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?$/i;

/**
 * Brings a date to ISO 8601 in UTC with a final Z, keeping its fraction of a second: other offsets are converted, a date
 * without any is taken as UTC, a number as unix seconds. What is no date comes back as it was, for validation to name.
 */
export function normalizeDate(value: unknown): unknown {
  if (typeof value === 'number') return fromUnixSeconds(value) ?? value;
  if (typeof value !== 'string' || CANONICAL.test(value)) return value;
  const parts = LENIENT.exec(value);
  if (!parts) return value;
  const [, day = '', minutes, seconds = ':00', fraction = '', zone = 'Z'] = parts;
  if (!isDayOfCalendar(day)) return value;
  const offset = zone.toUpperCase() === 'Z' ? 'Z' : withMinutes(zone);
  const time = Date.parse(`${day}T${minutes}${seconds}${offset}`);
  const text = fromUnixSeconds(time / 1000);
  return text === undefined ? value : `${text.slice(0, 19)}${fraction}Z`;
}

/** Unix seconds as ISO 8601 in UTC, to the millisecond; `undefined` outside the years 0 to 9999. */
export function fromUnixSeconds(seconds: number): string | undefined {
  if (!(Math.abs(seconds) <= 253_402_300_799)) return undefined;
  const text = new Date(Math.round(seconds * 1000)).toISOString();
  if (!/^\d{4}-/.test(text)) return undefined;
  return text.endsWith('.000Z') ? `${text.slice(0, 19)}Z` : text;
}

// Date.parse takes the 30th of February for the 2nd of March
function isDayOfCalendar(day: string): boolean {
  return fromUnixSeconds(Date.parse(`${day}T00:00Z`) / 1000)?.startsWith(day) === true;
}

/** Milliseconds since 1970 of a date as files have it, for comparing; 0 where there is none. */
export function instant(date: string | null | undefined): number {
  return date ? Date.parse(date) : 0;
}

function withMinutes(zone: string): string {
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  return `${zone[0]}${digits.slice(0, 2)}:${digits.slice(2)}`;
}
