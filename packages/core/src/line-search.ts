// Finds places among lines that stand in order, reading few of them.

import type { ByteSpan } from './byte-span.ts';
import { BrokenLineError } from './message-lines.ts';

/** The lines of a file, from which bytes can be read. */
export interface LineBytesSource {
  /** Begins where a line does; ends where the last one does. */
  readonly span: ByteSpan;
  read(start: number, end: number): Promise<Buffer>;
}

/** A line in the file, without its newline. */
export interface FoundLine extends ByteSpan {
  readonly bytes: Buffer;
}

/** What is asked of a line; `undefined` where it can't be told, as of a message without a date. */
export type IsBefore = (line: Buffer) => boolean | undefined;

/**
 * Where the first line begins that does not stand before what is looked for; the end of the span where all do. `isBefore` says yes
 * of lines first, then no.
 */
export async function lowerBound(
  { span, read }: LineBytesSource,
  isBefore: IsBefore,
): Promise<number> {
  let { start, end } = span;
  if (start >= end) return start;
  // every line before `start` stands before, none from `end` on
  while (end - start > WINDOW) {
    const middle = start + Math.floor((end - start) / 2);
    let line: FoundLine | undefined = await lineAt({ span: { start, end }, read }, middle);
    const first = line.start;
    let verdict = isBefore(line.bytes);
    while (verdict === undefined && line && line.end + 1 < end) {
      line = await lineAt({ span: { start, end }, read }, line.end + 1);
      verdict = isBefore(line.bytes);
    }
    if (verdict) start = Math.min(end, line.end + 1);
    else end = first;
  }
  const bytes = await read(start, end);
  for (let at = 0; at < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, at);
    const lineEnd = newline < 0 ? bytes.length : newline;
    if (isBefore(bytes.subarray(at, lineEnd)) === false) return start + at;
    at = lineEnd + 1;
  }
  return end;
}

/** The line that has the byte at `offset`, or ends there. */
export async function lineAt({ span, read }: LineBytesSource, offset: number): Promise<FoundLine> {
  for (let reach = FIRST_REACH; ; reach *= 8) {
    const from = Math.max(span.start, offset - reach);
    const to = Math.min(span.end, offset + reach);
    const bytes = await read(from, to);
    const at = offset - from;
    const before = at === 0 ? -1 : bytes.lastIndexOf(NEWLINE, at - 1);
    const after = bytes.indexOf(NEWLINE, at);
    const startIsIn = before >= 0 || from === span.start;
    const endIsIn = after >= 0 || to === span.end;
    if (!startIsIn || !endIsIn) continue;
    const [start, end] = [before + 1, after < 0 ? bytes.length : after];
    return { start: from + start, end: from + end, bytes: bytes.subarray(start, end) };
  }
}

/** Where the last `count` lines begin. */
export async function startOfLast({ span, read }: LineBytesSource, count: number): Promise<number> {
  if (count <= 0) return span.end;
  let left = count;
  // behind the last line of a part of the messages stands a newline that begins no other
  let end = span.end;
  while (end > span.start) {
    const from = Math.max(span.start, end - WINDOW);
    const bytes = await read(from, end);
    let at = end === span.end ? bytes.length - 1 : bytes.length;
    for (;;) {
      at = at === 0 ? -1 : bytes.lastIndexOf(NEWLINE, at - 1);
      if (at < 0) break;
      if (at + 1 < bytes.length && bytes[at + 1] !== QUOTE) throw new BrokenLineError();
      left -= 1;
      if (left === 0) return from + at + 1;
    }
    end = from;
  }
  return span.start;
}

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const FIRST_REACH = 4 * 1024;
const WINDOW = 64 * 1024;
