import type { Id, Message } from '@tgstore/schema';
import type { ByteFilter } from './byte-filter.ts';
import { escapeRegExp } from './case-variants.ts';
import { literalFilter } from './literal-filter.ts';
import { toInstant } from './to-instant.ts';
import { valueFilter } from './value-filter.ts';

/** Which messages are found. */
export interface MatchOptions {
  /** Tells upper case from lower case in a text; a regular expression has its own flags. @default false */
  readonly caseSensitive?: boolean | undefined;
  /** Sent then or later: a date, or ISO 8601 (without a zone: UTC). @default no bound */
  readonly from?: Date | string | undefined;
  /** Sent before. @default no bound */
  readonly to?: Date | string | undefined;
  /** The id of who sent it, or the whole name, in any case. @default anybody */
  readonly sender?: Id | undefined;
}

/** Where a text matches: start and end in UTF-16 code units, as entities have them. */
export type TextMatch = readonly [start: number, end: number];

/** What a message must be to be found. */
export interface MessageMatcher {
  /** Tells from the bytes which messages may be found. */
  readonly filter: ByteFilter;
  /** Where its text matches; `undefined` where the message is not to be found. */
  match(message: Message): TextMatch[] | undefined;
}

/** @throws TypeError for an empty query, and for a bad date */
export function messageMatcher(
  query: string | RegExp,
  { caseSensitive = false, from, to, sender }: MatchOptions = {},
): MessageMatcher {
  const pattern = toPattern(query, caseSensitive);
  const isInTime = timeFilter(
    from === undefined ? undefined : toInstant(from, 'from'),
    to === undefined ? undefined : toInstant(to, 'to'),
  );
  const isSender = senderFilter(sender);
  const once = new RegExp(pattern.source, pattern.flags.replace('g', ''));
  const literal = typeof query === 'string' ? literalFilter(query, { caseSensitive }) : undefined;
  return {
    filter: literal ?? valueFilter((text) => once.test(text)),
    match(message) {
      const { text, deleted } = message;
      if (typeof text !== 'string' || deleted || !isInTime(message) || !isSender(message)) {
        return undefined;
      }
      const matches = Array.from(
        text.matchAll(pattern),
        ({ index, 0: { length } }): TextMatch => [index, index + length],
      );
      return matches.length > 0 ? matches : undefined;
    },
  };
}

/** A regular expression of our own, whose `lastIndex` nobody sees. */
function toPattern(query: string | RegExp, caseSensitive: boolean): RegExp {
  if (query instanceof RegExp)
    return new RegExp(query.source, `${query.flags.replace(/[gy]/g, '')}g`);
  if (typeof query !== 'string')
    throw new TypeError('query must be a text or a regular expression');
  if (query === '') throw new TypeError('query is empty; say what to search for');
  return new RegExp(escapeRegExp(query), caseSensitive ? 'gu' : 'giu');
}

function timeFilter(
  from: number | undefined,
  to: number | undefined,
): (message: Message) => boolean {
  if (from === undefined && to === undefined) return () => true;
  const { NEGATIVE_INFINITY, POSITIVE_INFINITY } = Number;
  return ({ date }) => {
    const time = date ? Date.parse(date) : Number.NaN;
    return time >= (from ?? NEGATIVE_INFINITY) && time < (to ?? POSITIVE_INFINITY);
  };
}

function senderFilter(sender: Id | undefined): (message: Message) => boolean {
  if (sender === undefined) return () => true;
  const id = String(sender);
  const name = new RegExp(`^${escapeRegExp(id)}$`, 'iu');
  return ({ sender_id, sender_name }) =>
    (sender_id !== undefined && sender_id !== null && String(sender_id) === id) ||
    (typeof sender_name === 'string' && name.test(sender_name));
}
