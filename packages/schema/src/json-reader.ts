import { SchemaError } from './errors.ts';

/** Options of {@link JsonReader}. */
export interface JsonReaderOptions {
  /** The largest single value handed out, in bytes. @default 268_435_456 */
  readonly maxValueBytes?: number | undefined;
}

/** One member of an object. */
export interface JsonMember {
  /** Its key. */
  readonly key: string;
  /** The bytes of the value, as they stand in the input. */
  readonly value: Uint8Array;
}

/**
 * Walks through JSON bytes as they arrive and hands out the bytes of whole values, so that a document of any size
 * needs the memory of its largest handed-out value. It looks at structure only (strings, brackets, commas):
 * whoever takes a value parses it, and may repair it first. Chunks are not copied: their source must not write to them
 * again.
 *
 * Inside an object call {@link nextKey}, inside an array {@link nextElement}; after each that found something, take
 * the value with one of {@link enter}, {@link slice}, {@link skip}.
 *
 * @throws {@link SchemaError} `SCHEMA_JSON_ENDS_EARLY` when the bytes end inside the document,
 * `SCHEMA_INVALID_JSON` when they are no JSON, `SCHEMA_VALUE_TOO_LARGE`. Each with its `offset` in bytes.
 */
export class JsonReader {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #maxValueBytes: number;
  /** Bytes in memory; those from `#length` on are spare room. */
  #bytes: Uint8Array = new Uint8Array(0);
  #length = 0;
  /** Next byte to look at. */
  #at = 0;
  /** Bytes of the input before `#bytes[0]`. */
  #before = 0;
  #ended = false;
  /** Objects and arrays that were entered and have not ended. */
  #depth = 0;
  /** Whether a value has just ended, so that a comma or a closing bracket must follow. */
  #afterValue = false;
  /** Depth and string state of a value whose end is not in the buffer yet. */
  #scan = { depth: 0, inString: false, escaped: false };

  constructor(
    source: AsyncIterable<Uint8Array>,
    { maxValueBytes = 256 * 1024 * 1024 }: JsonReaderOptions = {},
  ) {
    this.#source = source[Symbol.asyncIterator]();
    this.#maxValueBytes = maxValueBytes;
  }

  /** Bytes read so far, up to the next token. */
  get offset(): number {
    return this.#before + this.#at;
  }

  /** The first byte of the next token, or `undefined` at the end of the input. */
  async peek(): Promise<number | undefined> {
    for (;;) {
      while (this.#at < this.#length) {
        const byte = this.#bytes[this.#at] as number;
        if (!isSpace(byte)) return byte;
        this.#at += 1;
      }
      if (!(await this.#fill(this.#at))) return undefined;
    }
  }

  /** Steps into the object (`{`) or array (`[`) that comes next. */
  async enter(bracket: '{' | '['): Promise<void> {
    const byte = await this.#peekOrFail();
    if (byte !== bracket.charCodeAt(0)) {
      throw this.#invalid(`expected ${bracket}, found ${printable(byte)}`);
    }
    this.#at += 1;
    this.#depth += 1;
    this.#afterValue = false;
  }

  /** The next key of the object we are in; `undefined` when the object ended, which steps out of it. */
  async nextKey(): Promise<string | undefined> {
    if (!(await this.#nextItem(CLOSE_BRACE))) return undefined;
    if ((await this.#peekOrFail()) !== QUOTE) throw this.#invalid('expected a key in quotes');
    const key = this.#parseKey(await this.#take());
    if ((await this.#peekOrFail()) !== COLON) throw this.#invalid('expected : after a key');
    this.#at += 1;
    return key;
  }

  /** Whether the array we are in has another element; `false` steps out of it. */
  nextElement(): Promise<boolean> {
    return this.#nextItem(CLOSE_BRACKET);
  }

  /** The bytes of the next value. They are valid until the next call. */
  async slice(): Promise<Uint8Array> {
    await this.#peekOrFail();
    return this.#take();
  }

  /**
   * The elements of the array we are in, as bytes, in batches of those that are in memory at the same time; steps out
   * of the array at its end. A batch is valid until the next is asked for.
   */
  async *elements(): AsyncGenerator<Uint8Array[]> {
    for (;;) {
      const batch = this.#bufferedElements();
      if (batch.length > 0) yield batch;
      if (!(await this.nextElement())) return;
      const element = await this.slice();
      yield [element];
    }
  }

  /**
   * The members of the object we are in, key and bytes of the value, in batches of those that are in memory at the same
   * time; steps out of the object at its end. A batch is valid until the next is asked for.
   */
  async *members(): AsyncGenerator<JsonMember[]> {
    for (;;) {
      const batch = this.#bufferedMembers();
      if (batch.length > 0) yield batch;
      const key = await this.nextKey();
      if (key === undefined) return;
      yield [{ key, value: await this.slice() }];
    }
  }

  /** Passes over the next value, whatever its size. */
  async skip(): Promise<void> {
    await this.#peekOrFail();
    const start = this.offset;
    this.#startScan();
    for (;;) {
      const end = this.#scanFrom(this.#at);
      this.#at = end < 0 ? this.#length : end;
      if (end >= 0) break;
      if (!(await this.#fill(this.#at))) {
        this.#mustBeComplete();
        break;
      }
    }
    if (this.offset === start) throw this.#invalid('expected a value');
    this.#afterValue = true;
  }

  /** After the document: anything but white space is an error. */
  async end(): Promise<void> {
    const byte = await this.peek();
    if (byte !== undefined) throw this.#invalid(`unexpected ${printable(byte)} after the end`);
  }

  /** Releases the source. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }

  async #nextItem(close: number): Promise<boolean> {
    const byte = await this.#peekOrFail();
    if (byte === close) {
      this.#at += 1;
      this.#depth -= 1;
      this.#afterValue = true;
      return false;
    }
    if (this.#afterValue) {
      if (byte !== COMMA) {
        throw this.#invalid(`expected , or ${printable(close)}, found ${printable(byte)}`);
      }
      this.#at += 1;
      const next = await this.#peekOrFail();
      if (next === close) throw this.#invalid('a comma before nothing');
      this.#afterValue = false;
    }
    return true;
  }

  async #peekOrFail(): Promise<number> {
    const byte = await this.peek();
    if (byte === undefined) throw this.#endsEarly();
    return byte;
  }

  async #take(): Promise<Uint8Array> {
    this.#startScan();
    let from = this.#at;
    for (;;) {
      const end = this.#scanFrom(from);
      if (end >= 0) return this.#cut(end);
      from = this.#length - this.#at;
      if (from > this.#maxValueBytes) throw this.#tooLarge();
      if (!(await this.#fill(this.#at))) {
        this.#mustBeComplete();
        return this.#cut(this.#length);
      }
    }
  }

  #cut(end: number): Uint8Array {
    const value = this.#bytes.subarray(this.#at, end);
    if (value.length === 0) throw this.#invalid('expected a value');
    if (value.length > this.#maxValueBytes) throw this.#tooLarge();
    this.#at = end;
    this.#afterValue = true;
    return value;
  }

  #parseKey(bytes: Uint8Array): string {
    try {
      return JSON.parse(decoder.decode(bytes)) as string;
    } catch (error) {
      throw this.#invalid('a key that is no JSON string', error);
    }
  }

  #bufferedElements(): Uint8Array[] {
    const batch: Uint8Array[] = [];
    for (;;) {
      const start = this.#bufferedItem();
      const end = this.#bufferedEnd(start);
      if (end < 0) return batch;
      batch.push(this.#bytes.subarray(start, end));
      this.#at = end;
      this.#afterValue = true;
    }
  }

  #bufferedMembers(): JsonMember[] {
    const batch: JsonMember[] = [];
    for (;;) {
      const key = this.#bufferedItem();
      if (this.#byte(key) !== QUOTE) return batch;
      this.#startScan();
      const keyEnd = this.#scanFrom(key);
      const colon = keyEnd < 0 ? -1 : this.#afterSpace(keyEnd);
      if (this.#byte(colon) !== COLON) return batch;
      const start = this.#afterSpace(colon + 1);
      const end = this.#bufferedEnd(start);
      if (end < 0) return batch;
      batch.push({
        key: this.#parseKey(this.#bytes.subarray(key, keyEnd)),
        value: this.#bytes.subarray(start, end),
      });
      this.#at = end;
      this.#afterValue = true;
    }
  }

  /** Where the next item of the object or array we are in begins, if that much is in memory; else -1. */
  #bufferedItem(): number {
    const at = this.#afterSpace(this.#at);
    if (!this.#afterValue) return at;
    return this.#byte(at) === COMMA ? this.#afterSpace(at + 1) : -1;
  }

  /** Where the object or array that begins at `start` ends, if that much is in memory and may be handed out; else -1. */
  #bufferedEnd(start: number): number {
    const first = this.#byte(start);
    if (first !== OPEN_BRACE && first !== OPEN_BRACKET) return -1;
    this.#startScan();
    const end = this.#scanFrom(start);
    return end - start > this.#maxValueBytes ? -1 : end;
  }

  #byte(at: number): number | undefined {
    return at >= 0 && at < this.#length ? this.#bytes[at] : undefined;
  }

  #afterSpace(start: number): number {
    let at = start;
    while (at < this.#length && isSpace(this.#bytes[at] as number)) at += 1;
    return at;
  }

  #startScan(): void {
    this.#scan.depth = 0;
    this.#scan.inString = false;
    this.#scan.escaped = false;
  }

  /** The index after the value that is being scanned, or -1 when the buffer ends before it does. */
  #scanFrom(start: number): number {
    const bytes = this.#bytes;
    const length = this.#length;
    const scan = this.#scan;
    let { depth, inString } = scan;
    let at = scan.escaped ? start + 1 : start;
    scan.escaped = false;
    for (;;) {
      if (inString) {
        // most of the bytes stand in strings: nothing else is looked at there
        while (at < length) {
          const byte = bytes[at];
          if (byte === QUOTE) break;
          at += byte === BACKSLASH ? 2 : 1;
        }
        if (at >= length) break;
        inString = false;
        at += 1;
        if (depth === 0) return at;
      }
      // then white space, numbers and commas: nothing of them matters inside brackets
      if (depth > 0) while (at < length && TELLS[bytes[at] as number] === 0) at += 1;
      if (at >= length) break;
      const byte = bytes[at] as number;
      if (byte === QUOTE) {
        inString = true;
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        depth += 1;
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        if (depth === 0) return at;
        depth -= 1;
        if (depth === 0) return at + 1;
      } else if (depth === 0 && (byte === COMMA || byte === COLON || isSpace(byte))) {
        return at;
      }
      at += 1;
    }
    scan.depth = depth;
    scan.inString = inString;
    // a backslash was the last byte in memory
    scan.escaped = at > length;
    return -1;
  }

  /** Appends the next chunk to the bytes from `keep` on; false at the end of the input. */
  async #fill(keep: number): Promise<boolean> {
    if (this.#ended) return false;
    const { done, value: chunk } = await this.#source.next();
    if (done) {
      this.#ended = true;
      return false;
    }
    const rest = this.#length - keep;
    if (rest === 0) {
      this.#bytes = chunk;
    } else if (keep > 0 || rest + chunk.length > this.#bytes.length) {
      // a value that goes on and on doubles its room, so that it is copied a few times only
      const room = keep > 0 ? rest + chunk.length : 2 * (rest + chunk.length);
      const bytes = new Uint8Array(room);
      bytes.set(this.#bytes.subarray(keep, this.#length));
      bytes.set(chunk, rest);
      this.#bytes = bytes;
    } else {
      this.#bytes.set(chunk, rest);
    }
    this.#length = rest + chunk.length;
    this.#before += keep;
    this.#at -= keep;
    return true;
  }

  /** At the end of the input only a bare number or word is complete, and only where it is the whole document. */
  #mustBeComplete(): void {
    if (this.#depth > 0 || this.#scan.depth > 0 || this.#scan.inString) throw this.#endsEarly();
  }

  #invalid(message: string, cause?: unknown): SchemaError {
    return new SchemaError('SCHEMA_INVALID_JSON', `byte ${this.offset}: ${message}`, {
      offset: this.offset,
      cause,
    });
  }

  #tooLarge(): SchemaError {
    const message = `the value at byte ${this.offset} is larger than ${this.#maxValueBytes} bytes`;
    return new SchemaError('SCHEMA_VALUE_TOO_LARGE', message, { offset: this.offset });
  }

  #endsEarly(): SchemaError {
    const offset = this.#before + this.#length;
    return new SchemaError('SCHEMA_JSON_ENDS_EARLY', `the input ends early, at byte ${offset}`, {
      offset,
    });
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function printable(byte: number): string {
  return byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `byte 0x${byte.toString(16)}`;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
/** 1 for the bytes that begin a string, open or close. */
const TELLS = new Uint8Array(256);
for (const byte of [QUOTE, OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET]) TELLS[byte] = 1;
