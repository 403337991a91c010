// Which lines of a block of messages may match, told from their bytes, before anything is parsed. What a filter passes over
// certainly has no text that matches, however another program wrote it:
// 1. The text of a message is the string behind a key `text`. JSON may escape the characters of UNPLAIN in two bytes; a
//    filter looks for none of them.
// 2. Every other character is either written as itself, in UTF-8, or as \uXXXX: each line with \u passes.

import type { ByteSpan } from './byte-span.ts';

/** Looks through one block, given also with a character for each byte: those are searched by regular expressions. */
export type ByteFilter = (bytes: string, block: Buffer) => FindText;

/** Where, from an offset on, a text stands that may match; -1 where none does. It need not be exact, but may miss none. */
export type FindText = (from: number) => number;

/** A line of a block, without its newline. */
export interface BlockLine extends ByteSpan {
  readonly mayMatch: boolean;
}

/** The lines of a block that may match, in order; or all of them. */
export function* linesOf(
  block: Buffer,
  filter: ByteFilter,
  { all }: { readonly all: boolean },
): Generator<BlockLine> {
  const bytes = block.toString('latin1');
  const find = filter(bytes, block);
  let hit = find(0);
  let escaped = bytes.indexOf(ESCAPE);
  for (let start = 0; start < bytes.length; ) {
    const next = Math.min(hit < 0 ? bytes.length : hit, escaped < 0 ? bytes.length : escaped);
    if (!all) {
      if (next === bytes.length) return;
      start = bytes.lastIndexOf('\n', next) + 1;
    }
    const newline = bytes.indexOf('\n', all ? start : next);
    const end = newline < 0 ? bytes.length : newline;
    yield { start, end, mayMatch: next < end };
    if (hit >= 0 && hit < end) hit = find(end);
    if (escaped >= 0 && escaped < end) escaped = bytes.indexOf(ESCAPE, end);
    start = end + 1;
  }
}

/** Whether a quotation mark stands behind an odd number of backslashes, and so belongs to its string. */
export function isEscaped(bytes: string, quote: number): boolean {
  let at = quote;
  while (bytes.charCodeAt(at - 1) === BACKSLASH) at -= 1;
  return (quote - at) % 2 === 1;
}

const ESCAPE = '\\u';
const BACKSLASH = 0x5c;
