import {
  AFTER_MESSAGES,
  BEFORE_METADATA,
  FIRST_LINE,
  MESSAGE_SEPARATOR,
  parseJson,
  stringifyJson,
} from '@tgstore/schema';
import type { ByteSpan } from './byte-span.ts';
import { BYTE_ORDER_MARK, decodeUtf8 } from './utf8.ts';

/** A member that stands in a line of its own, as we write messages and metadata; the separator is not counted. */
export interface LineMember extends ByteSpan {
  readonly key: string;
  readonly value: Record<string, unknown>;
  /** The keys that follow it, which only the metadata may have. */
  readonly others: Record<string, unknown>;
}

/** Whether a file was written in our layout, as far as its beginning or its end tells. */
export function isInLines(bytes: Buffer): boolean {
  const at = bytes.subarray(0, 2 * FIRST_LINE.length).indexOf(FIRST_LINE);
  return (
    at === 0 || at === BYTE_ORDER_MARK.length || bytes.includes(AFTER_MESSAGES + BEFORE_METADATA)
  );
}

/**
 * The whole members of a damaged file in our layout. No newline stands within one, so each line can be read whatever became of
 * those around it. Of a line in which a newline became another byte both members are found.
 */
export function* membersInLines(bytes: Buffer): Generator<LineMember> {
  const label = endOfLabel(bytes);
  for (let start = label === 0 ? 0 : label + 1; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline;
    yield* membersIn(bytes, start, end);
    start = end + 1;
  }
}

/** Where the first line ends, whose newline may be another byte; 0 where it is not there. */
export function endOfLabel(bytes: Buffer): number {
  const label = FIRST_LINE.trimEnd();
  const at = bytes.subarray(0, 2 * FIRST_LINE.length).indexOf(label);
  return at < 0 ? 0 : at + label.length;
}

function* membersIn(bytes: Buffer, start: number, end: number): Generator<LineMember> {
  if (bytes[start] !== QUOTE) return;
  const whole = firstWhole(bytes, start, endings(bytes, end, start));
  if (whole) yield whole;
  else {
    let from = start;
    for (const at of separators(bytes, start, end)) {
      const first = firstWhole(bytes, from, [at]);
      if (!first) continue;
      yield first;
      from = at + MESSAGE_SEPARATOR.length;
    }
    const last = from === start ? undefined : firstWhole(bytes, from, endings(bytes, end, from));
    if (last) yield last;
  }
}

/**
 * Where a member may end: a comma follows, or another byte in its place; behind the last message the closing of all of them.
 * Brackets that follow at once are those of a message of which it is a part.
 */
function endings(bytes: Buffer, end: number, start: number): number[] {
  return [0, 1, 2, 3]
    .map((rest) => end - rest)
    .filter((at) => at > start && (at === end || !isClosing(bytes[at])));
}

function isClosing(byte: number | undefined): boolean {
  return byte === BRACE || byte === BRACKET;
}

/** Where a line may be two, of which the newline between became another byte. */
function separators(bytes: Buffer, start: number, end: number): number[] {
  const line = bytes.subarray(start, end);
  const places: number[] = [];
  for (let at = line.indexOf('},'); at >= 0; at = line.indexOf('},', at + 1)) {
    if (line[at + 3] === QUOTE) places.push(start + at + 1);
    if (places.length === MAX_SEPARATORS) break;
  }
  return places;
}

function firstWhole(bytes: Buffer, start: number, ends: readonly number[]): LineMember | undefined {
  // the last line has the closing brace of the file too
  const isLast = bytes.subarray(start, start + BEFORE_METADATA.length).equals(METADATA);
  for (const end of ends) {
    for (const closing of isLast ? ['', '}'] : ['}']) {
      const member = parseMember(bytes, start, end, closing);
      if (member) return { start, end, ...member };
    }
  }
  return undefined;
}

function parseMember(
  bytes: Buffer,
  start: number,
  end: number,
  closing: string,
): Pick<LineMember, 'key' | 'value' | 'others'> | undefined {
  if (bytes[end - 1] !== BRACE) return undefined;
  try {
    const text = `{${decodeUtf8(bytes.subarray(start, end))}${closing}`;
    // finds what is no JSON sooner
    JSON.parse(text);
    const [[key, value] = ['', undefined], ...others] = Object.entries(parseJson(text) as object);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    // other keys behind a message are the rest of a broken one
    if (!isObject || (others.length > 0 && key !== 'metadata')) return undefined;
    // what is nested so deeply that it can't be written again is lost
    stringifyJson(value);
    return { key, value, others: Object.fromEntries(others) };
  } catch {
    return undefined;
  }
}

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const BRACE = 0x7d;
const BRACKET = 0x5d;
const METADATA = Buffer.from(BEFORE_METADATA);
/** So that a hostile line costs no more than so many looks at it. */
const MAX_SEPARATORS = 16;
