import { AFTER_MESSAGES, BEFORE_METADATA, FIRST_LINE, parseJson } from '@tgstore/schema';
import { decodeUtf8 } from './utf8.ts';

/** What follows the last message of a file in the line layout. */
export interface TailBytes {
  /** Where the last message ends, in bytes. */
  readonly messagesEnd: number;
  /** From there to the end of the file. */
  readonly bytes: Buffer;
}

/** Looks for the tail from the end on; `undefined` where a file has another layout, as its first line or its last ones show. */
export async function findTail(
  read: (start: number, end: number) => Promise<Buffer>,
  size: number,
): Promise<TailBytes | undefined> {
  // where there is no message, the newline of the first line stands before the tail
  const startOf = (length: number): number => Math.max(FIRST_LINE.length - 1, size - length);
  const [first, last] = await Promise.all([
    read(0, Math.min(size, FIRST_LINE.length)),
    read(Math.min(size, startOf(FIRST_LOOK)), size),
  ]);
  if (first.toString('latin1') !== FIRST_LINE) return undefined;
  for (let length = FIRST_LOOK; ; length *= 8) {
    const start = startOf(length);
    const end = length === FIRST_LOOK ? last : await read(start, size);
    const at = end.lastIndexOf(AFTER_MESSAGES + BEFORE_METADATA);
    if (at >= 0) return { messagesEnd: start + at, bytes: end.subarray(at) };
    if (start < FIRST_LINE.length || length > LAST_LOOK) return undefined;
  }
}

/** The end of a file in the line layout. */
export interface Tail {
  /** Bytes up to the end of the last message. */
  readonly messagesEnd: number;
  /** Metadata and what stands beside it, as the file has them. */
  readonly document: Record<string, unknown>;
}

/** `undefined` where it is no tail after all, or broken: who reads the whole file will say where. */
export function parseTail({ messagesEnd, bytes }: TailBytes): Tail | undefined {
  try {
    const text = decodeUtf8(bytes.subarray(AFTER_MESSAGES.length));
    const document = parseJson(`{${text}`) as Record<string, unknown>;
    const isObject = typeof document.metadata === 'object' && document.metadata !== null;
    return isObject ? { messagesEnd, document } : undefined;
  } catch {
    return undefined;
  }
}

const FIRST_LOOK = 16 * 1024;
const LAST_LOOK = 32 * 1024 * 1024;
