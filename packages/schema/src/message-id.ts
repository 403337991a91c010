/** The id of a message or a sender: a string, or an integer; beyond 2^53 a `bigint`. */
export type Id = string | number | bigint;

/**
 * The order of messages: ids that are integers by value, before all others by code point.
 * Returns a negative number, zero or a positive number, for `Array.prototype.sort`.
 */
export function compareMessageIds(first: string, second: string): number {
  if (first === second) return 0;
  const a = toInteger(first);
  const b = toInteger(second);
  if (a !== undefined && b !== undefined) return a < b ? -1 : 1;
  if (a !== undefined) return -1;
  if (b !== undefined) return 1;
  return compareCodePoints(first, second);
}

/** Whether the text is an integer as JSON writes it: `-7`, not `-0`, `007` or `1e3`. */
export function isIntegerId(id: string): boolean {
  return /^(?:0|-?[1-9]\d*)$/.test(id);
}

/**
 * An id as errors show it. One that no exporter makes is not shown: in a damaged file, what somebody wrote can stand in the
 * place of an id.
 */
export function shownId(id: string): string {
  return ID_OF_EXPORTERS.test(id) ? id : `(${id.length} characters)`;
}

function toInteger(id: string): number | bigint | undefined {
  if (!isIntegerId(id)) return undefined;
  const number = Number(id);
  return Number.isSafeInteger(number) ? number : BigInt(id);
}

/** The order of two texts by code point, which is that of their UTF-8 bytes; `<` would put U+1F600 before U+FFFD. */
export function compareCodePoints(first: string, second: string): number {
  let at = 0;
  while (at < first.length && first.charCodeAt(at) === second.charCodeAt(at)) at += 1;
  const a = first.charCodeAt(at);
  const b = second.charCodeAt(at);
  // a surrogate stands for a code point above every single unit
  const bothOrNone = isSurrogate(a) === isSurrogate(b);
  if (at === first.length || at === second.length) return first.length - second.length;
  return bothOrNone ? a - b : isSurrogate(a) ? 1 : -1;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd8_00 && unit <= 0xdf_ff;
}

/** Digits, hexadecimal ones and UUIDs too, behind a short word: `-7`, `unnumbered-0123456789abcdef`; `[3]` for none. */
const ID_OF_EXPORTERS = /^(?:(?:[a-z]{1,10}[-_]?)?-?[0-9a-f-]{1,40}|\[\d+\])$/i;
