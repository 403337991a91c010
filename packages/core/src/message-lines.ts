import { isUtf8 } from 'node:buffer';
import { checkMessage, type Message, ProblemList, parseJson } from '@tgstore/schema';

/** A line of a conversation file, parsed but not validated. */
export interface ParsedLine {
  readonly key: string;
  /** The message as JSON text. */
  readonly json: string;
  readonly message: unknown;
  /** Whether no comma follows, as behind the last one. */
  readonly isLast: boolean;
}

/**
 * Parses a line `"id":{…}`, with or without the comma behind it. `undefined` for bytes that are no such line: another program may
 * have laid a message out over several.
 */
export function parseLine(line: Buffer): ParsedLine | undefined {
  const isLast = line[line.length - 1] !== COMMA;
  const end = isLast ? line.length : line.length - 1;
  try {
    const text = line.toString('utf8', 0, end);
    KEY.lastIndex = 0;
    const [before, key] = KEY.exec(text) ?? [];
    if (before === undefined || key === undefined) return undefined;
    const json = text.slice(before.length);
    const message = parseJson(json);
    return {
      key: PLAIN.test(key) ? key : (JSON.parse(`"${key}"`) as string),
      json,
      message,
      isLast,
    };
  } catch {
    return undefined;
  }
}

/** A line that lines are looked for by is none of ours. */
export class BrokenLineError extends Error {}

/** As {@link parseLine}, and validated. @throws {@link BrokenLineError} */
export function parseValidLine(line: Buffer): ParsedLine & { readonly message: Message } {
  const parsed = isUtf8(line) ? parseLine(line) : undefined;
  if (!parsed) throw new BrokenLineError();
  const { message } = parsed;
  if (!checkMessage(message, parsed.key, new ProblemList())) throw new BrokenLineError();
  return { ...parsed, message };
}

/** Start and end of each line of a block, in bytes of the block; the newline is left out. */
export function* lineSpans(block: Buffer): Generator<[start: number, end: number]> {
  for (let start = 0; start < block.length; ) {
    const newline = block.indexOf(NEWLINE, start);
    const end = newline < 0 ? block.length : newline;
    yield [start, end];
    start = end + 1;
  }
}

// white space as JSON has it
const KEY = /"((?:[^"\\]|\\.)*)"[ \t\r]*:[ \t\r]*/y;
const PLAIN = /^[\w-]*$/;
const COMMA = 0x2c;
const NEWLINE = 0x0a;
