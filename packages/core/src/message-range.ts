import { compareMessageIds, type Id, type Message } from '@tgstore/schema';
import type { ByteSpan } from './byte-span.ts';
import { type LineBytesSource, lowerBound, startOfLast } from './line-search.ts';
import { parseOrderedLine } from './message-lines.ts';

/** Which messages are read. */
export interface MessageRange {
  /** Begins behind the message with this id, which need not exist. */
  readonly after?: Id | undefined;
  /** Ends before the message with this id, which need not exist. */
  readonly before?: Id | undefined;
  /**
   * Begins with the first message of this time or later; ISO 8601. Telegram gives ids in the order of time, and so they are
   * looked for: one that stands out of its time may be passed over.
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
    limit: limit ?? Number.POSITIVE_INFINITY,
    last: last ?? Number.POSITIVE_INFINITY,
  };
}

/** Milliseconds since 1970. @throws TypeError for what is no date */
export function toInstant(date: Date | string, name: string): number {
  const time = date instanceof Date ? date.getTime() : Date.parse(date);
  if (Number.isNaN(time)) throw new TypeError(`\`${name}\` must be a date, not ${String(date)}`);
  return time;
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
    start = await bound((line) => isEarlier(parseOrderedLine(line).message, from));
  if (last < Number.POSITIVE_INFINITY)
    start = await startOfLast({ span: { start, end }, read }, last);
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
  return parseOrderedLine(line).key;
}

/** `undefined` for a message without a date. */
function isEarlier({ date }: Message, time: number): boolean | undefined {
  return date ? Date.parse(date) < time : undefined;
}
