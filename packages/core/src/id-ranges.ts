import { compareMessageIds } from '@tgstore/schema';
import type { IdRange } from './change-log.ts';

/** The range of one id. */
export function rangeOf(key: string): IdRange {
  return { first: key, last: key };
}

/** Ranges in order, those that overlap joined. */
export function joinRanges(ranges: readonly IdRange[]): IdRange[] {
  const joined: IdRange[] = [];
  for (const range of [...ranges].sort((a, b) => compareMessageIds(a.first, b.first))) {
    const before = joined.at(-1);
    if (!before || compareMessageIds(before.last, range.first) < 0) joined.push(range);
    else if (compareMessageIds(before.last, range.last) < 0) {
      joined[joined.length - 1] = { first: before.first, last: range.last };
    }
  }
  return joined;
}

/** Whether one of the ranges, which are in order, has the id. */
export function isInRanges(ranges: readonly IdRange[], key: string): boolean {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareMessageIds((ranges[middle] as IdRange).last, key) < 0) low = middle + 1;
    else high = middle;
  }
  const range = ranges[low];
  return range !== undefined && isWithin(key, range);
}

export function isWithin(key: string, { first, last }: IdRange): boolean {
  return compareMessageIds(key, first) >= 0 && compareMessageIds(key, last) <= 0;
}
