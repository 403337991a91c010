import { compareMessageIds, type Message } from '@tgstore/schema';
import type { MessageRange } from '../../src/index.ts';

/** The messages of a range as the documentation has it, from all in order. */
export function filterMessages(
  all: readonly Message[],
  { after, before, from, limit, last }: MessageRange,
): Message[] {
  let chosen = all.filter((one) => isWithin(one, { after, before }));
  if (from !== undefined) {
    const time = new Date(from).getTime();
    const first = chosen.findIndex(({ date }) => date && Date.parse(date) >= time);
    chosen = first < 0 ? [] : chosen.slice(first);
  }
  if (last !== undefined) return last === 0 ? [] : chosen.slice(-last);
  return chosen.slice(0, limit);
}

/** Whether the id of a message lies between those of a range. */
export function isWithin({ id }: Message, { after, before }: MessageRange): boolean {
  const key = String(id);
  const isAfter = after === undefined || compareMessageIds(key, String(after)) > 0;
  return isAfter && (before === undefined || compareMessageIds(key, String(before)) < 0);
}
