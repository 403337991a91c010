import { FormatError } from './errors.ts';

/** A source of bytes whose beginning has been looked at. */
export interface OpenedSource {
  /** All bytes but a byte order mark. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Length of the byte order mark that was left out. */
  readonly markLength: number;
  /** `{` or `[` */
  readonly first: '{' | '[';
}

/**
 * Reads until something is there, makes sure that it may be JSON, and gives the whole back as a stream.
 *
 * @throws {@link FormatError} `FORMAT_EMPTY`, `FORMAT_NOT_JSON`.
 */
export async function readFirstBytes(source: AsyncIterable<Uint8Array>): Promise<OpenedSource> {
  const iterator = source[Symbol.asyncIterator]();
  let head: Uint8Array = new Uint8Array(0);
  let ended = false;
  // four bytes tell most signatures; white space may stand before what tells
  while (!ended && (head.length < LONGEST_SIGNATURE || isBlank(head))) {
    const { done, value } = await iterator.next();
    if (done) ended = true;
    else head = head.length === 0 ? value : concat(head, value);
    if (head.length > MAX_BLANK && isBlank(head)) break;
  }
  const markLength = startsWith(head, UTF8_MARK) ? UTF8_MARK.length : 0;
  const body = head.subarray(markLength);
  try {
    const first = firstToken(body, markLength);
    return { bytes: restart(body, iterator), markLength, first };
  } catch (error) {
    await iterator.return?.();
    throw error;
  }
}

async function* restart(
  head: Uint8Array,
  iterator: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield head;
    for (;;) {
      const { done, value } = await iterator.next();
      if (done) return;
      yield value;
    }
  } finally {
    await iterator.return?.();
  }
}

function firstToken(bytes: Uint8Array, markLength: number): '{' | '[' {
  const at = bytes.findIndex((byte) => !isSpace(byte));
  if (at < 0) {
    throw new FormatError(
      'FORMAT_EMPTY',
      'The input is empty; export again, or look whether the copy is complete',
      { offset: 0 },
    );
  }
  const looksLike = signatureOf(bytes, at);
  const char = String.fromCharCode(bytes[at] as number);
  if (looksLike === undefined && (char === '{' || char === '[')) return char;
  throw new FormatError(
    'FORMAT_NOT_JSON',
    `The input is not JSON: it looks like ${looksLike ?? 'plain text'}, at byte ${at + markLength}; ${REMEDY}`,
    { offset: at + markLength },
  );
}

function signatureOf(bytes: Uint8Array, at: number): string | undefined {
  for (const [name, signature] of SIGNATURES) if (startsWith(bytes, signature)) return name;
  const beginning = bytes.subarray(at, at + 64);
  if (beginning[0] === 0x3c) return 'HTML or XML';
  const zeros = beginning.filter((byte) => byte === 0).length;
  if (zeros === beginning.length) return 'a file of zero bytes, as a power cut may leave one';
  if (zeros > 0 && (beginning[0] === 0 || beginning[1] === 0)) return 'UTF-16 or UTF-32 text';
  if (beginning.some((byte) => byte < 0x20 && !isSpace(byte))) return 'binary data';
  return undefined;
}

function startsWith(bytes: Uint8Array, signature: readonly number[]): boolean {
  return (
    bytes.length >= signature.length && signature.every((byte, index) => bytes[index] === byte)
  );
}

function isBlank(bytes: Uint8Array): boolean {
  const from = startsWith(bytes, UTF8_MARK) ? UTF8_MARK.length : 0;
  return bytes.subarray(from).every(isSpace);
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

const UTF8_MARK = [0xef, 0xbb, 0xbf];
const LONGEST_SIGNATURE = 16;
/** White space alone for longer than this is taken for an empty input. */
const MAX_BLANK = 64 * 1024;
const REMEDY =
  'pass the result.json of an export made with the format "Machine-readable JSON", or a bundle';
const SIGNATURES: readonly (readonly [string, readonly number[]])[] = [
  ['UTF-32 text', [0xff, 0xfe, 0x00, 0x00]],
  ['UTF-16 text', [0xff, 0xfe]],
  ['UTF-16 text', [0xfe, 0xff]],
  ['gzip; unpack it first', [0x1f, 0x8b]],
  ['a zip archive; unpack it first', [0x50, 0x4b, 0x03, 0x04]],
  ['a 7z archive; unpack it first', [0x37, 0x7a, 0xbc, 0xaf]],
  ['xz; unpack it first', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ['zstd; unpack it first', [0x28, 0xb5, 0x2f, 0xfd]],
  ['bzip2; unpack it first', [0x42, 0x5a, 0x68]],
  ['an SQLite database', [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65, 0x20, 0x66]],
];
