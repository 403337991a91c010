// One open conversation file.
// 1. Whatever is read comes from one descriptor: a file that is replaced meanwhile is read to its old end.
// 2. Memory depends on the largest message; only foreign layouts, whose messages may stand in any order, are read whole.

import { type FileHandleLike, type FileSystem, nodeFileSystem } from '@tgstore/fs';
import {
  AFTER_MESSAGES,
  BEFORE_METADATA,
  type Conversation,
  type ConversationStatus,
  checkMessage,
  compareMessageIds,
  deserializeConversation,
  FIRST_LINE,
  type Id,
  type JsonMember,
  JsonReader,
  type Message,
  type Metadata,
  migrationPath,
  ProblemList,
  parseJson,
  readDocument,
  renamedKeys,
  SCHEMA_VERSION,
  SchemaError,
  stringifyJson,
} from '@tgstore/schema';
import { hasCode, StoreError } from './errors.ts';
import { READ_ONLY } from './file-bytes.ts';

/** What every `STORE_INVALID_FILE` ends with. */
export const HOW_TO_MEND = 'tgstore recover saves what is whole; or put it back from a backup';

/** What tells whether a file is still the one it was: a write gives another identity. */
export interface FileIdentity {
  readonly inode: bigint;
  readonly size: bigint;
  readonly modifiedNs: bigint;
}

/** Which messages are read. */
export interface MessageRange {
  /** Begins behind the message with this id, which need not exist. */
  readonly after?: Id | undefined;
  /** Ends after so many messages. @default Infinity */
  readonly limit?: number | undefined;
}

/** A message as the line of its file has it. */
export interface MessageLine {
  readonly key: string;
  /** The message as JSON text. */
  readonly json: string;
}

/** A part of a file, in bytes. */
export interface ByteSpan {
  readonly start: number;
  readonly end: number;
}

/** Whole lines `"id":{…},\n`; behind the last message stands neither comma nor newline. */
export interface LineBytes {
  readonly bytes: Buffer;
  /** Where they begin in the file. */
  readonly offset: number;
}

/** The end of a file in the line layout. */
interface Tail {
  /** Bytes up to the end of the last message. */
  readonly messagesEnd: number;
  /** Metadata and what stands beside it, as the file has them. */
  readonly document: Record<string, unknown>;
}

export class ConversationFile implements AsyncDisposable {
  readonly path: string;
  /** Under which name it was opened. */
  readonly status: ConversationStatus;
  readonly size: number;
  readonly identity: FileIdentity;
  readonly #handle: FileHandleLike;
  #tail: Promise<Tail | undefined> | undefined;

  private constructor(
    path: string,
    status: ConversationStatus,
    handle: FileHandleLike,
    identity: FileIdentity,
  ) {
    this.path = path;
    this.status = status;
    this.#handle = handle;
    this.identity = identity;
    this.size = Number(identity.size);
  }

  /** Opens for reading; errors of the file system pass through. Links are not followed, they may lead anywhere. */
  static async open(
    path: string,
    fileSystem: FileSystem = nodeFileSystem,
    status: ConversationStatus = 'unprocessed',
  ): Promise<ConversationFile> {
    const handle = await fileSystem.open(path, READ_ONLY).catch((error: unknown) => {
      throw hasCode(error, 'ELOOP') || hasCode(error, 'ENXIO') ? notRegular(path, error) : error;
    });
    try {
      const stats = await handle.stat({ bigint: true });
      if (!stats.isFile()) throw notRegular(path);
      const identity = { inode: stats.ino, size: stats.size, modifiedNs: stats.mtimeNs };
      return new ConversationFile(path, status, handle, identity);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }

  /** Whether the messages stand one a line as we write them; any other layout of JSON is read too, but slower. */
  async isLineLayout(): Promise<boolean> {
    return (await this.#readTail()) !== undefined;
  }

  /** The conversation without its messages; in the line layout only the end of the file is read. */
  async readHead(): Promise<Pick<Conversation, 'metadata' | 'other'>> {
    return await this.#explain(async () => {
      const tail = await this.#readTail();
      const document = tail?.document ?? (await this.#readForeign(() => {}));
      return readDocument({ ...document, messages: {} });
    });
  }

  /** The keys of its metadata that an older spelling has, each with the one that they will have. */
  async renamedKeys(): Promise<[from: string, to: string][]> {
    return await this.#explain(async () => {
      const tail = await this.#readTail();
      const { metadata, ...rest } = tail?.document ?? (await this.#readForeign(() => {}));
      return renamedKeys((metadata ?? rest) as Record<string, unknown>);
    });
  }

  async readMetadata(): Promise<Metadata> {
    return (await this.readHead()).metadata;
  }

  /** The whole conversation, in memory. */
  async load(): Promise<Conversation> {
    return await this.#explain(async () => {
      const whole = this.size <= PARSED_WHOLE ? await this.#parseWhole() : undefined;
      if (whole) return whole;
      const messages = new Map<string, unknown>();
      const document = await this.#readForeign((members) => {
        for (const { key, value } of members) {
          messages.set(
            key,
            inPlace(`messages.${key}`, () => parseJson(decode(value))),
          );
        }
      });
      return readDocument({ messages, ...document });
    });
  }

  /** The messages in order, one after the other, validated. */
  async *messages({
    after,
    limit = Number.POSITIVE_INFINITY,
  }: MessageRange = {}): AsyncGenerator<Message> {
    const start = after === undefined ? undefined : String(after);
    let left = limit;
    if (left <= 0) return;
    for await (const batch of this.lines()) {
      for (const { key, json } of batch) {
        if (start !== undefined && compareMessageIds(key, start) <= 0) continue;
        yield this.#parseMessage(key, json);
        left -= 1;
        if (left <= 0) return;
      }
    }
  }

  /** Reads and validates every message. @throws {@link StoreError} `STORE_INVALID_FILE` at the first that is not valid */
  async validateMessages(): Promise<void> {
    for await (const _message of this.messages());
  }

  /** The messages in order and in batches, not parsed. Of foreign layouts and older versions, as we would write them. */
  async *lines(): AsyncGenerator<MessageLine[]> {
    const tail = await this.#readTail();
    if (tail && (await this.#explain(async () => this.#version(tail))) === SCHEMA_VERSION) {
      yield* this.#linesUpTo(tail.messagesEnd);
      return;
    }
    const { messages } = await this.load();
    for (const [key, message] of messages) yield [{ key, json: stringifyJson(message) }];
  }

  /** Where the lines of the messages begin and end, in bytes; `undefined` where it is not in the line layout. */
  async messageSpan(): Promise<ByteSpan | undefined> {
    const tail = await this.#readTail();
    return tail && { start: FIRST_LINE.length, end: Math.max(FIRST_LINE.length, tail.messagesEnd) };
  }

  /** The bytes of whole lines within a part of the {@link messageSpan} that begins and ends where lines do. */
  async *lineBlocks({ start, end }: ByteSpan): AsyncGenerator<LineBytes> {
    let offset = start;
    let rest: Uint8Array = new Uint8Array(0);
    for (let at = start; at < end; at += BLOCK_BYTES) {
      const chunk = await this.#read(at, Math.min(end, at + BLOCK_BYTES));
      const cut = at + chunk.length >= end ? chunk.length : chunk.lastIndexOf(NEWLINE) + 1;
      const bytes = Buffer.concat([rest, chunk.subarray(0, cut)]);
      rest = cut === 0 ? Buffer.concat([rest, chunk]) : chunk.subarray(cut);
      if (cut === 0) continue;
      yield { bytes, offset };
      offset += bytes.length;
    }
  }

  /** The bytes of the file, as they are. */
  bytes(): AsyncGenerator<Uint8Array> {
    return this.#chunks(this.size);
  }

  async *#linesUpTo(end: number): AsyncGenerator<MessageLine[]> {
    const reader = new JsonReader(this.#chunks(end, '}'));
    let previous: string | undefined;
    const next = async <T>(step: () => Promise<T>) => await this.#explain(step);
    await next(async () => {
      await reader.enter('{');
      await reader.nextKey();
      await reader.enter('{');
    });
    const batches = reader.members();
    for (;;) {
      const { done, value: batch } = await next(() => batches.next());
      // a brace too many would else end the messages before their end
      if (done) return await next(() => reader.end());
      const lines: MessageLine[] = [];
      for (const { key, value } of batch) {
        if (previous !== undefined && compareMessageIds(previous, key) >= 0) {
          throw this.#invalid(
            `message ${key} stands after ${previous}; load and save the conversation, which puts them in order`,
          );
        }
        previous = key;
        lines.push({ key, json: this.#decodeMessage(key, value) });
      }
      yield lines;
    }
  }

  #decodeMessage(key: string, bytes: Uint8Array): string {
    try {
      const json = decode(bytes);
      // another program may have written it over several lines
      return json.includes('\n') ? stringifyJson(parseJson(json)) : json;
    } catch (error) {
      throw this.#invalid(`messages.${key}: ${(error as Error).message}`, error);
    }
  }

  #parseMessage(key: string, json: string): Message {
    const problems = new ProblemList();
    try {
      const message = parseJson(json);
      if (checkMessage(message, key, problems)) return message;
      problems.throwIfAny();
    } catch (error) {
      const place =
        error instanceof SchemaError && error.code === 'SCHEMA_INVALID' ? '' : `messages.${key}: `;
      throw this.#invalid(`${place}${(error as Error).message}`, error);
    }
    throw new Error('unreachable');
  }

  /** Walks through the whole file, whatever its layout: members of `messages` to `take`, the rest is returned. */
  async #readForeign(take: (members: JsonMember[]) => void): Promise<Record<string, unknown>> {
    const reader = new JsonReader(this.#blankMark(this.bytes()));
    const document: [string, unknown][] = [];
    await reader.enter('{');
    for (let key = await reader.nextKey(); key !== undefined; key = await reader.nextKey()) {
      if (key === 'messages' && (await reader.peek()) === OPEN_BRACE) {
        await reader.enter('{');
        for await (const members of reader.members()) take(members);
      } else {
        const value = await reader.slice();
        document.push([key, inPlace(key, () => parseJson(decode(value)))]);
      }
    }
    await reader.end();
    return Object.fromEntries(document);
  }

  /** `undefined` where it is no JSON: who walks through it can say where not. */
  async #parseWhole(): Promise<Conversation | undefined> {
    try {
      return deserializeConversation(decode(await this.#read(0, this.size)));
    } catch (error) {
      const isNoJson = error instanceof TypeError || hasCode(error, 'SCHEMA_INVALID_JSON');
      if (!isNoJson) throw error;
      return undefined;
    }
  }

  #readTail(): Promise<Tail | undefined> {
    this.#tail ??= this.#findTail();
    return this.#tail;
  }

  async #findTail(): Promise<Tail | undefined> {
    const first = await this.#read(0, Math.min(this.size, FIRST_LINE.length));
    if (decodeLatin(first) !== FIRST_LINE) return undefined;
    for (let length = TAIL_BYTES; ; length *= 8) {
      const start = Math.max(FIRST_LINE.length - 1, this.size - length);
      const end = Buffer.from(await this.#read(start, this.size));
      const at = end.lastIndexOf(AFTER_MESSAGES + BEFORE_METADATA);
      if (at >= 0) return parseTail(end.subarray(at + AFTER_MESSAGES.length), start + at);
      if (start < FIRST_LINE.length || length > PARSED_WHOLE) return undefined;
    }
  }

  #version({ document }: Tail): number {
    const metadata = document.metadata as Record<string, unknown>;
    migrationPath(metadata);
    return Number(metadata.schema_version ?? 0);
  }

  async #read(start: number, end: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(end - start);
    let done = 0;
    while (done < bytes.length) {
      const { bytesRead } = await this.#handle.read(bytes, done, bytes.length - done, start + done);
      if (bytesRead === 0)
        throw this.#invalid(`it was cut to ${start + done} bytes while it was read`);
      done += bytesRead;
    }
    return bytes;
  }

  /** Makes a byte order mark white space, so that offsets stay those of the file. */
  async *#blankMark(chunks: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
    let isFirst = true;
    for await (const chunk of chunks) {
      if (isFirst && decodeLatin(chunk.subarray(0, MARK.length)) === MARK) {
        chunk.fill(SPACE, 0, MARK.length);
      }
      isFirst = false;
      yield chunk;
    }
  }

  async *#chunks(end: number, closing = ''): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < end; at += CHUNK_BYTES) {
      yield await this.#read(at, Math.min(end, at + CHUNK_BYTES));
    }
    if (closing) yield Buffer.from(closing);
  }

  async #explain<T>(step: () => Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      if (error instanceof SchemaError || error instanceof TypeError) {
        throw this.#invalid(error.message, error);
      }
      throw error;
    }
  }

  #invalid(what: string, cause?: unknown): StoreError {
    const message = `${this.path}: ${what}; ${HOW_TO_MEND}`;
    return new StoreError('STORE_INVALID_FILE', this.path, message, { cause });
  }
}

function parseTail(bytes: Uint8Array, messagesEnd: number): Tail | undefined {
  try {
    const document = parseJson(`{${decode(bytes)}`) as Record<string, unknown>;
    const isObject = typeof document.metadata === 'object' && document.metadata !== null;
    return isObject ? { messagesEnd, document } : undefined;
  } catch {
    // not our layout after all, or broken: whoever reads the whole will say where
    return undefined;
  }
}

function notRegular(path: string, cause?: unknown): StoreError {
  const message = `${path} is no regular file; move it away`;
  return new StoreError('STORE_INVALID_FILE', path, message, { cause });
}

/** Runs `parse`; its error says where in the file it looked. */
function inPlace<T>(place: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    const message = `${place}: ${(error as Error).message}`;
    throw new SchemaError('SCHEMA_INVALID_JSON', message, { cause: error });
  }
}

function decodeLatin(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** The byte order mark of UTF-8, which some editors put first. */
const MARK = '\xef\xbb\xbf';
const SPACE = 0x20;
const NEWLINE = 0x0a;
const OPEN_BRACE = 0x7b;
const CHUNK_BYTES = 256 * 1024;
const BLOCK_BYTES = 1024 * 1024;
const TAIL_BYTES = 16 * 1024;
/** Up to here a file is read and parsed in one piece. */
const PARSED_WHOLE = 32 * 1024 * 1024;
