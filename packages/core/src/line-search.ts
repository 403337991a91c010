// Finds places among lines that stand in order, reading few of them.

import type { ByteSpan } from './byte-span.ts';
import { BrokenLineError, lineSpans } from './message-lines.ts';

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
 * Where the first line begins of which `isBefore` says no; the end of the span where there is none. It says yes of lines first,
 * then no.
 */
export async function lowerBound(
  { span, read }: LineBytesSource,
  isBefore: IsBefore,
): Promise<number> {
  let { start, end } = span;
  let found = end;
  // of the lines before `start` it does not say no, of those from `end` on the one at `found` is the first of which it does
  while (end - start > WINDOW) {
    const lines: LineBytesSource = { span: { start, end }, read };
    const line = await lineAt(lines, start + Math.floor((end - start) / 2));
    const told = await firstTold(lines, line, isBefore);
    if (told?.isBefore) {
      start = Math.min(end, told.end + 1);
    } else {
      found = told?.start ?? found;
      end = line.start;
    }
  }
  for await (const line of linesFrom({ span: { start, end }, read }, start)) {
    if (isBefore(line.bytes) === false) return line.start;
  }
  return found;
}

/** What is said of a line, or of the first behind it of which anything is. */
async function firstTold(
  lines: LineBytesSource,
  line: FoundLine,
  isBefore: IsBefore,
): Promise<(ByteSpan & { readonly isBefore: boolean }) | undefined> {
  const verdict = isBefore(line.bytes);
  if (verdict !== undefined) return { start: line.start, end: line.end, isBefore: verdict };
  for await (const { bytes, start, end } of linesFrom(lines, line.end + 1)) {
    const verdict = isBefore(bytes);
    if (verdict !== undefined) return { start, end, isBefore: verdict };
  }
  return undefined;
}

/** The lines from one on. */
async function* linesFrom(
  { span, read }: LineBytesSource,
  start: number,
): AsyncGenerator<FoundLine> {
  for (let from = start; from < span.end; ) {
    const to = Math.min(span.end, from + WINDOW);
    const bytes = await read(from, to);
    let at = 0;
    for (const [start, end] of lineSpans(bytes)) {
      if (from + end === to && to < span.end) break;
      yield { start: from + start, end: from + end, bytes: bytes.subarray(start, end) };
      at = end + 1;
    }
    if (at === 0) {
      const line = await lineAt({ span, read }, from);
      yield line;
      at = line.end + 1 - from;
    }
    from += at;
  }
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
