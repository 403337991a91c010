import { compareMessageIds, type Id, type Message } from '@tgstore/schema';
import type { ByteSpan } from './byte-span.ts';
import type { IdRange } from './change-log.ts';
import { type LineBytesSource, lowerBound, startOfLast } from './line-search.ts';
import { parseValidLine } from './message-lines.ts';
import { toInstant } from './to-instant.ts';

/**
 * Which messages are read. A range that can't be is refused with a `TypeError` when the first message is asked for: a count that is
 * no whole number from 0 on, `limit` together with `last`, a `from` that is no date.
 */
export interface MessageRange {
  /** Begins behind the message with this id, which need not exist. */
  readonly after?: Id | undefined;
  /** Ends before the message with this id, which need not exist. */
  readonly before?: Id | undefined;
  /**
   * Begins with the first message of this time or later, and passes over those without a date in front of it; ISO 8601, UTC
   * where it names no zone. Telegram gives ids in the order of time, and so they are looked for: a message that stands out of its
   * time may be passed over.
   */
  readonly from?: Date | string | undefined;
  /** Ends after so many messages. @default Infinity */
  readonly limit?: number | undefined;
  /** Only the last so many; not together with `limit`. @default Infinity */
  readonly last?: number | undefined;
}

/** A range in the terms of files. */
export interface KeyRange {
  readonly after: string | undefined;
  readonly before: string | undefined;
  /** Milliseconds since 1970. */
  readonly from: number | undefined;
  readonly limit: number;
  readonly last: number;
}

export function toKeyRange({ after, before, from, limit, last }: MessageRange): KeyRange {
  if (limit !== undefined && last !== undefined) {
    throw new TypeError('`limit` and `last` can’t both be set');
  }
  return {
    after: after === undefined ? undefined : String(after),
    before: before === undefined ? undefined : String(before),
    from: from === undefined ? undefined : toInstant(from, 'from'),
    limit: toCount(limit, 'limit'),
    last: toCount(last, 'last'),
  };
}

function toCount(count: number | undefined, name: string): number {
  if (count === undefined || count === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
  if (Number.isSafeInteger(count) && count >= 0) return count;
  throw new TypeError(`\`${name}\` must be a whole number from 0 on, not ${String(count)}`);
}

/**
 * Where the lines of a range stand, but for its `limit`.
 *
 * @throws {@link BrokenLineError} where a line that must be looked at is none of ours
 */
export async function spanOfRange(
  { span, read }: LineBytesSource,
  { after, before, from, last }: KeyRange,
): Promise<ByteSpan> {
  let { start, end } = span;
  const bound = async (isBefore: (line: Buffer) => boolean | undefined): Promise<number> =>
    await lowerBound({ span: { start, end }, read }, isBefore);
  if (after !== undefined)
    start = await bound((line) => compareMessageIds(keyOf(line), after) <= 0);
  if (before !== undefined) end = await bound((line) => compareMessageIds(keyOf(line), before) < 0);
  if (from !== undefined)
    start = await bound((line) => isEarlier(parseValidLine(line).message, from));
  if (last < Number.POSITIVE_INFINITY)
    start = await startOfLast({ span: { start, end }, read }, last);
  return { start, end };
}

/** Whether a message with this key lies between the ids of a range. */
export function isBetween(key: string, { after, before }: KeyRange): boolean {
  const isAfter = after === undefined || compareMessageIds(key, after) > 0;
  return isAfter && (before === undefined || compareMessageIds(key, before) < 0);
}

/** Where the lines of the ids from one to another stand. @throws {@link BrokenLineError} */
export async function spanOfIds(
  { span, read }: LineBytesSource,
  { first, last }: IdRange,
): Promise<ByteSpan> {
  const start = await lowerBound(
    { span, read },
    (line) => compareMessageIds(keyOf(line), first) < 0,
  );
  const rest = { span: { start, end: span.end }, read };
  const end = await lowerBound(rest, (line) => compareMessageIds(keyOf(line), last) <= 0);
  return { start, end };
}

/** The messages of a range among all, for files whose lines can't be found. */
export async function* select(
  messages: AsyncIterable<Message>,
  { after, before, from, limit, last }: KeyRange,
): AsyncGenerator<Message> {
  let left = limit;
  let isIn = from === undefined;
  const kept: Message[] = [];
  if (left <= 0 || last <= 0) return;
  for await (const message of messages) {
    const key = String(message.id);
    if (after !== undefined && compareMessageIds(key, after) <= 0) continue;
    if (before !== undefined && compareMessageIds(key, before) >= 0) break;
    isIn ||= isEarlier(message, from as number) === false;
    if (!isIn) continue;
    if (last < Number.POSITIVE_INFINITY) {
      kept.push(message);
      if (kept.length > last) kept.shift();
      continue;
    }
    yield message;
    left -= 1;
    if (left <= 0) return;
  }
  yield* kept;
}

function keyOf(line: Buffer): string {
  return parseValidLine(line).key;
}

/** `undefined` for a message without a date. */
function isEarlier({ date }: Message, time: number): boolean | undefined {
  return date ? Date.parse(date) < time : undefined;
}
