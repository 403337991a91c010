import { SchemaError } from './errors.ts';

/**
 * Parses JSON text without losing digits: an integer beyond 2^53 becomes a `bigint`, every other value is
 * what `JSON.parse` makes of it. `__proto__` is an ordinary own key.
 *
 * @throws {@link SchemaError} `SCHEMA_INVALID_JSON` when the text is no JSON, or holds a number too large for any type.
 */
export function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return mayLoseDigits(text) ? withAllDigits(text, value) : value;
  } catch (error) {
    if (error instanceof SchemaError) throw error;
    throw invalidJson(error);
  }
}

/**
 * Writes a value as compact JSON text. A `bigint` becomes an integer with all its digits; otherwise the text is
 * that of `JSON.stringify`, so it never contains a raw newline.
 *
 * @throws {@link SchemaError} `SCHEMA_INVALID` when the value is nested deeper than the call stack reaches (thousands of levels;
 * from Node 26 on only where it has a `bigint`).
 */
export function stringifyJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof TypeError) || !/BigInt/.test(error.message)) throw explainDepth(error);
  }
  try {
    return stringifyWithBigInts(value);
  } catch (error) {
    throw explainDepth(error);
  }
}

/** The error to throw for one that a walk through a value ended in: a coded one where the value is nested too deeply. */
export function explainDepth(error: unknown): unknown {
  if (!isStackOverflow(error)) return error;
  return new SchemaError('SCHEMA_INVALID', 'nested too deeply', { cause: error });
}

/**
 * Whether `JSON.parse` may make another value of this text than {@link parseJson}. Cheap, and wide: sixteen digits in a row, or an exponent
 * of three digits; most text has neither.
 */
export function mayLoseDigits(text: string): boolean {
  return hasLongNumber(text) || /\d[eE]\+?\d{3}/.test(text);
}

// of sixteen digits in a row one stands at a multiple of sixteen, so most of the text need not be looked at
function hasLongNumber(text: string): boolean {
  for (let at = 15; at < text.length; at += 16) {
    if (!isDigit(text, at)) continue;
    let from = at;
    while (isDigit(text, from - 1)) from -= 1;
    let to = at + 1;
    while (isDigit(text, to)) to += 1;
    if (to - from >= 16) return true;
  }
  return false;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= ZERO && code <= NINE;
}

/** The value of valid JSON text, given as `JSON.parse` has it, with a `bigint` for each integer that a double can't hold. */
function withAllDigits(text: string, value: unknown): unknown {
  const places = findLargeIntegers(text);
  if (places.length === 0) return value;
  const mark = markFor(text, value);
  let marked = '';
  let done = 0;
  for (const [start, end] of places) {
    marked += `${text.slice(done, start)}"${mark}${text.slice(start, end)}"`;
    done = end;
  }
  return unmark(JSON.parse(marked + text.slice(done)), mark);
}

/** What no string in the value begins with. */
function markFor(text: string, value: unknown): string {
  const isWritten = text.includes(RARE) || text.includes(RARE_ESCAPED);
  return isWritten ? markNotIn(JSON.stringify(value)) : RARE;
}

/** Puts a `bigint` in the place of each string with the mark; a reviver for `JSON.parse` would take much longer. */
function unmark(value: unknown, mark: string): unknown {
  if (typeof value === 'string') {
    return value.startsWith(mark) ? BigInt(value.slice(mark.length)) : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  // keys are own ones, so that one called __proto__ is set as any other
  const items = value as Record<string, unknown>;
  for (const key in items) {
    const item = items[key];
    const unmarked = unmark(item, mark);
    if (unmarked !== item) items[key] = unmarked;
  }
  return value;
}

/** Start and end of every integer outside strings that a double can't hold. */
function findLargeIntegers(text: string): [start: number, end: number][] {
  const places: [number, number][] = [];
  const strings = new Strings(text);
  for (const { index } of text.matchAll(/\d{16}|\d[eE]\+?\d{3}/g)) {
    if (index < (places.at(-1)?.[1] ?? 0) || strings.include(index)) continue;
    let start = index;
    while (isNumberPart(text, start - 1)) start -= 1;
    let end = index;
    while (isNumberPart(text, end)) end += 1;
    const token = text.slice(start, end);
    if (/^-?\d+$/.test(token)) {
      if (!Number.isSafeInteger(Number(token))) places.push([start, end]);
    } else if (!Number.isFinite(Number(token))) {
      throw new SchemaError('SCHEMA_INVALID_JSON', 'number out of range', { offset: start });
    }
  }
  return places;
}

function isNumberPart(text: string, at: number): boolean {
  return isDigit(text, at) || (at >= 0 && '+-.eE'.includes(text.charAt(at) || ' '));
}

/** Tells, from place to place, what stands in strings of valid JSON text. */
class Strings {
  readonly #text: string;
  /** A place outside all strings. */
  #outside = 0;
  /** The end of a string that many places may be in. */
  #end = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Whether a place is in a string; none may be before the one asked last. */
  include(place: number): boolean {
    if (place < this.#end) return true;
    // no string has a raw newline in it
    this.#outside += this.#text.slice(this.#outside, place).lastIndexOf('\n') + 1;
    for (;;) {
      const quote = this.#text.indexOf('"', this.#outside);
      if (quote < 0 || quote >= place) return false;
      const end = endOfString(this.#text, quote);
      this.#outside = end;
      if (end <= place) continue;
      this.#end = end;
      return true;
    }
  }
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) {
    at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  }
  return at + 1;
}

function stringifyWithBigInts(value: unknown): string {
  // two passes: the mark must not stand in any of the value's own strings
  const plain = JSON.stringify(value, (_key, item) => (typeof item === 'bigint' ? 0 : item));
  const mark = markNotIn(plain);
  const text = JSON.stringify(value, (_key, item) =>
    typeof item === 'bigint' ? `${mark}${item}` : item,
  );
  return text.replaceAll(new RegExp(`"${mark}(-?\\d+)"`, 'g'), '$1');
}

function markNotIn(text: string): string {
  let mark = 'integer:';
  while (text.includes(mark)) mark = `${mark.slice(0, -1)}~:`;
  return mark;
}

/** What the engine says of a place may quote the text around it: that and its error stay here. */
function invalidJson(error: unknown): SchemaError {
  if (isStackOverflow(error)) {
    return new SchemaError('SCHEMA_INVALID_JSON', 'nested too deeply', { cause: error });
  }
  const said = error instanceof Error ? error.message : '';
  const isQuoting = said === '' || said.includes('"');
  return new SchemaError('SCHEMA_INVALID_JSON', isQuoting ? 'Unexpected token' : said);
}

function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && /call stack/i.test(error.message);
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ZERO = 0x30;
const NINE = 0x39;
/** A control character that hardly any text has; its escape has no letter to be written in two ways. */
const RARE = '\u0080';
const RARE_ESCAPED = '\\u0080';
