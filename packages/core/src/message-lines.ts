import { isUtf8 } from 'node:buffer';
import {
  checkMessage,
  type Message,
  mayLoseDigits,
  messagePath,
  ProblemList,
  parseJson,
} from '@tgstore/schema';
import { invalidFile } from './invalid-file.ts';
import type { MessageLine } from './structure-walk.ts';

/** A line that lines are looked for by, or that is to be read as a message, is none of ours: another program wrote it. */
export class BrokenLineError extends Error {}

/** A line of a conversation file, validated. */
export interface MessageAndLine {
  readonly key: string;
  /** The message as JSON text. */
  readonly json: string;
  readonly message: Message;
  /** Whether no comma follows, as behind the last one. */
  readonly isLast: boolean;
}

/** Parses and validates a line `"id":{…}`, with or without the comma behind it. @throws {@link BrokenLineError} */
export function parseValidLine(line: Buffer): MessageAndLine {
  const isLast = line[line.length - 1] !== COMMA;
  const text = decode(isLast ? line : line.subarray(0, -1));
  const { key, end } = keyAt(text, 0);
  const json = text.slice(end);
  const message = parse(json, parseJson);
  if (checkMessage(message, key, new ProblemList())) return { key, json, message, isLast };
  throw new BrokenLineError();
}

/** @throws {@link StoreError} `STORE_INVALID_FILE` where another program wrote what is no message */
export function validMessage(path: string, { key, json }: MessageLine): Message {
  const problems = new ProblemList();
  try {
    const message = parseJson(json);
    if (checkMessage(message, key, problems)) return message;
  } catch (error) {
    throw invalidFile(path, `${messagePath(key)}: ${(error as Error).message}`, error);
  }
  try {
    problems.throwIfAny();
  } catch (error) {
    throw invalidFile(path, (error as Error).message, error);
  }
  throw new Error('unreachable');
}

/**
 * Parses the whole lines of a block, each with a comma at its end but for the last one where it `endsMessages`. Not validated.
 *
 * @throws {@link BrokenLineError}
 */
export function* parseLines(
  block: Buffer,
  { endsMessages }: { readonly endsMessages: boolean },
): Generator<{ readonly key: string; readonly message: unknown }> {
  const text = decode(block);
  // asked once for all of them
  const parser = mayLoseDigits(text) ? parseJson : JSON.parse;
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const isLast = endsMessages && newline < 0;
    if ((text.charCodeAt(end - 1) === COMMA) === isLast) throw new BrokenLineError();
    const { key, end: json } = keyAt(text, start);
    yield { key, message: parse(text.slice(json, isLast ? end : end - 1), parser) };
    start = end + 1;
  }
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

/** The key that stands at `start`, and where what follows its colon begins. */
function keyAt(text: string, start: number): { key: string; end: number } {
  KEY.lastIndex = start;
  const [before, key] = KEY.exec(text) ?? [];
  if (before === undefined || key === undefined) throw new BrokenLineError();
  const plain = PLAIN.test(key) ? key : (parse(`"${key}"`, JSON.parse) as string);
  return { key: plain, end: start + before.length };
}

function parse(json: string, parser: (text: string) => unknown): unknown {
  try {
    return parser(json);
  } catch (cause) {
    throw new BrokenLineError('no JSON', { cause });
  }
}

function decode(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new BrokenLineError('no UTF-8');
  try {
    return bytes.toString('utf8');
  } catch (cause) {
    throw new BrokenLineError('too long for a string', { cause });
  }
}

// white space as JSON has it
const KEY = /"((?:[^"\\\n]|\\.)*)"[ \t\r]*:[ \t\r]*/y;
const PLAIN = /^[\w-]*$/;
const COMMA = 0x2c;
const NEWLINE = 0x0a;
