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
    throw new SchemaError('SCHEMA_INVALID_JSON', describe(error), { cause: error });
  }
}

/**
 * Writes a value as compact JSON text. A `bigint` becomes an integer with all its digits; otherwise the text is
 * that of `JSON.stringify`, so it never contains a raw newline.
 *
 * @throws {@link SchemaError} `SCHEMA_INVALID` when the value is nested deeper than the call stack reaches (thousands of levels).
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

// Cheap and wide: sixteen digits in a row, or an exponent of three digits. Most text has neither.
function mayLoseDigits(text: string): boolean {
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
  // asked of the value, since the text may write the mark with escapes
  const mark = markNotIn(JSON.stringify(value));
  let marked = '';
  let done = 0;
  for (const [start, end] of places) {
    marked += `${text.slice(done, start)}"${mark}${text.slice(start, end)}"`;
    done = end;
  }
  return JSON.parse(marked + text.slice(done), (_key, item) =>
    typeof item === 'string' && item.startsWith(mark) ? BigInt(item.slice(mark.length)) : item,
  );
}

/** Start and end of every integer outside strings that a double can't hold. */
function findLargeIntegers(text: string): [start: number, end: number][] {
  const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
  const places: [number, number][] = [];
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
    } else if (code === MINUS || (code >= ZERO && code <= NINE)) {
      number.lastIndex = at;
      const token = number.exec(text)?.[0] as string;
      if (/^-?(?:0|[1-9]\d*)$/.test(token) && !Number.isSafeInteger(Number(token))) {
        places.push([at, at + token.length]);
      } else if (!Number.isFinite(Number(token))) {
        throw new SchemaError('SCHEMA_INVALID_JSON', `number out of range: ${token.slice(0, 40)}`, {
          offset: at,
        });
      }
      at += token.length;
    } else {
      at += 1;
    }
  }
  return places;
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

function describe(error: unknown): string {
  if (isStackOverflow(error)) return 'nested too deeply';
  return error instanceof Error ? error.message : String(error);
}

function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && /call stack/i.test(error.message);
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
