/** Writes unix seconds as ISO 8601 in UTC. Messages follow each other in time, so the day is kept for the next one. */
export class IsoClock {
  #day = Number.NaN;
  #text = '';

  /** `2023-11-15T12:30:00Z`. The seconds must be a whole number from 0 to {@link MAX_SECONDS}. */
  format(seconds: number): string {
    const minutes = Math.floor(seconds / 60);
    const day = Math.floor(minutes / 1440);
    if (day !== this.#day) {
      this.#day = day;
      this.#text = new Date(day * 86_400_000).toISOString().slice(0, 11);
    }
    const inDay = minutes - day * 1440;
    const hour = Math.floor(inDay / 60);
    return (
      this.#text +
      (COLONS[hour] as string) +
      (COLONS[inDay - hour * 60] as string) +
      (SECONDS[seconds - minutes * 60] as string)
    );
  }
}

/** Seconds of a unix time as exports write it, digits in a string; also a number. NaN where it is neither. */
export function unixSeconds(value: unknown): number {
  if (typeof value === 'number') {
    return Number.isInteger(value) && value >= 0 && value <= MAX_SECONDS ? value : Number.NaN;
  }
  if (typeof value !== 'string' || value.length === 0 || value.length > 12) return Number.NaN;
  let seconds = 0;
  for (let at = 0; at < value.length; at += 1) {
    const digit = value.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    seconds = seconds * 10 + digit;
  }
  return seconds <= MAX_SECONDS ? seconds : Number.NaN;
}

/** Seconds of `2023-11-15T12:30:00` read as if it were UTC; NaN where it is no such text, or no such day. */
export function localSeconds(text: string): number {
  if (text.length !== 19) return Number.NaN;
  if (text.charCodeAt(4) !== DASH || text.charCodeAt(7) !== DASH) return Number.NaN;
  if (text.charCodeAt(13) !== COLON || text.charCodeAt(16) !== COLON) return Number.NaN;
  const between = text.charCodeAt(10);
  if (between !== CAPITAL_T && between !== SPACE) return Number.NaN;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  const exists = month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month);
  if (!(exists && hour < 24 && minute < 60 && second < 60)) return Number.NaN;
  return ((daysSinceEpoch(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
}

/** An offset from UTC in seconds as `+01:00`. */
export function offsetText(seconds: number): string {
  const minutes = Math.abs(seconds) / 60;
  const two = (value: number) => String(value).padStart(2, '0');
  return `${seconds < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - ZERO;
  const ones = text.charCodeAt(at + 1) - ZERO;
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? Number.NaN : tens * 10 + ones;
}

function daysOf(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

// the year begins in March here, so that the leap day is its last
function daysSinceEpoch(year: number, month: number, day: number): number {
  const y = month > 2 ? year : year - 1;
  const inYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const leapDays = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return y * 365 + leapDays + inYear - 719_468;
}

/** The last second of the year 9999. */
export const MAX_SECONDS = 253_402_300_799;
const TWO_DIGITS = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, '0'));
const COLONS = TWO_DIGITS.map((value) => `${value}:`);
const SECONDS = TWO_DIGITS.map((value) => `${value}Z`);
const ZERO = 0x30;
const DASH = 0x2d;
const COLON = 0x3a;
const CAPITAL_T = 0x54;
const SPACE = 0x20;
