import { type Message, parseJson } from '@tgstore/schema';

/** A line of a conversation file, parsed but not validated. */
export interface ParsedLine {
  readonly key: string;
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
  const text = line.toString('utf8', 0, end);
  KEY.lastIndex = 0;
  const [before, key] = KEY.exec(text) ?? [];
  if (before === undefined || key === undefined) return undefined;
  try {
    const message = parseJson(text.slice(before.length));
    return { key: key.includes('\\') ? (JSON.parse(`"${key}"`) as string) : key, message, isLast };
  } catch {
    return undefined;
  }
}

/** A line that lines are looked for by is none of ours. */
export class BrokenLineError extends Error {}

/** As {@link parseLine}, for who looks for lines: the key must be the id of the message. @throws {@link BrokenLineError} */
export function parseOrderedLine(line: Buffer): { key: string; message: Message } {
  const { key, message } = parseLine(line) ?? {};
  if (key !== undefined && isObject(message) && String(message.id) === key) {
    return { key, message: message as unknown as Message };
  }
  throw new BrokenLineError();
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

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

const KEY = /"((?:[^"\\]|\\.)*)"\s*:\s*/y;
const COMMA = 0x2c;
const NEWLINE = 0x0a;
