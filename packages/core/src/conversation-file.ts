// One open conversation file.
// 1. Whatever is read is of one state: a file that is replaced or appended to meanwhile is read as it was when it was opened.
// 2. Memory depends on the largest message; only foreign layouts, whose messages may stand in any order, are read whole.
// 3. In the line layout only what is asked for is read. What another program has written into it, over several lines or out of
//    order, is read more slowly, or refused.

import {
  type Conversation,
  type ConversationStatus,
  checkMessage,
  compareMessageIds,
  deserializeConversation,
  FIRST_LINE,
  type Id,
  type Message,
  type Metadata,
  messagePath,
  migrationPath,
  ProblemList,
  readDocument,
  renamedKeys,
  SCHEMA_VERSION,
  stringifyJson,
} from '@tgstore/schema';
import type { ByteSpan } from './byte-span.ts';
import type { IdRange } from './change-log.ts';
import { hasCode, type StoreError } from './errors.ts';
import { type FileIdentity, FileSnapshot, type SnapshotOptions } from './file-snapshot.ts';
import { findTail, parseTail, type Tail } from './find-tail.ts';
import { isInRanges, isWithin, rangeOf } from './id-ranges.ts';
import { invalidFile } from './invalid-file.ts';
import type { LineBytesSource } from './line-search.ts';
import { BrokenLineError, parseLines, validMessage } from './message-lines.ts';
import {
  isBetween,
  type KeyRange,
  type MessageRange,
  select,
  spanOfIds,
  spanOfRange,
  toKeyRange,
} from './message-range.ts';
import {
  chunksOf,
  explain,
  type MessageLine,
  parseAt,
  walkDocument,
  walkMessages,
} from './structure-walk.ts';
import { decodeUtf8 } from './utf8.ts';

/** Whole lines `"id":{…},\n`; behind the last message stands neither comma nor newline. */
export interface LineBytes {
  /** The bytes. */
  readonly bytes: Buffer;
  /** Where they begin in the file. */
  readonly offset: number;
}

export interface OpenConversationOptions extends SnapshotOptions {
  /** @default 'unprocessed' */
  readonly status?: ConversationStatus | undefined;
}

/** One state of one conversation, open for reading: whatever is written meanwhile, every read is of this state. */
export class ConversationFile implements AsyncDisposable {
  /** Absolute path under which it was opened. */
  readonly path: string;
  /** Under which name it was opened. */
  readonly status: ConversationStatus;
  /** In bytes. */
  readonly size: number;
  /** Tells this state of the file from later ones; see `markAsProcessed`. */
  readonly identity: FileIdentity;
  /** How many names the file has. */
  readonly links: number;
  readonly #snapshot: FileSnapshot;
  #tail: Promise<Tail | undefined> | undefined;
  #head: Promise<Pick<Conversation, 'metadata' | 'other'>> | undefined;

  private constructor(snapshot: FileSnapshot, status: ConversationStatus) {
    this.path = snapshot.path;
    this.status = status;
    this.size = snapshot.size;
    this.identity = snapshot.identity;
    this.links = snapshot.links;
    this.#snapshot = snapshot;
  }

  /** Opens for reading; errors of the file system pass through. Links are not followed, they may lead anywhere. */
  static async open(
    path: string,
    { status = 'unprocessed', ...options }: OpenConversationOptions = {},
  ): Promise<ConversationFile> {
    return new ConversationFile(await FileSnapshot.open(path, options), status);
  }

  /** Closes the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#snapshot[Symbol.asyncDispose]();
  }

  /** Whether the messages stand one a line as we write them; any other layout of JSON is read too, but slower. */
  async isLineLayout(): Promise<boolean> {
    return (await this.#readTail()) !== undefined;
  }

  /** The conversation without its messages; in the line layout only the end of the file is read. */
  readHead(): Promise<Pick<Conversation, 'metadata' | 'other'>> {
    this.#head ??= this.#explain(async () => {
      const tail = await this.#readTail();
      const document = tail?.document ?? (await walkDocument(this.#snapshot, () => {}));
      return readDocument({ ...document, messages: {} });
    });
    return this.#head;
  }

  /** The keys of its metadata that an older spelling has, each with the one that they will have. */
  async renamedKeys(): Promise<[from: string, to: string][]> {
    return await this.#explain(async () => {
      const tail = await this.#readTail();
      const { metadata, ...rest } =
        tail?.document ?? (await walkDocument(this.#snapshot, () => {}));
      return renamedKeys((metadata ?? rest) as Record<string, unknown>);
    });
  }

  /** The metadata; in the line layout only the end of the file is read. */
  async readMetadata(): Promise<Metadata> {
    return (await this.readHead()).metadata;
  }

  /** The whole conversation, in memory. */
  async load(): Promise<Conversation> {
    if (this.size <= KEPT_WHOLE) await this.#snapshot.keepWhole();
    return (await this.#loadLines()) ?? (await this.#loadForeign());
  }

  /** The messages of a range in order, one after the other, validated. */
  async *messages(range: MessageRange = {}): AsyncGenerator<Message> {
    const wanted = toKeyRange(range);
    if (wanted.limit === 0) return;
    const lines = await this.messageLines();
    let count = 0;
    let latest: Message | undefined;
    try {
      if (lines) {
        const span = await spanOfRange(lines, wanted);
        const expected = (key: string): boolean => isBetween(key, wanted);
        // lines were counted: had one of them to be read in another way, there were too many or too few
        if (wanted.last < Number.POSITIVE_INFINITY) await this.#mustBeLines(span, expected);
        for await (const batch of this.#messagesIn(span, expected)) {
          for (const message of batch) {
            yield message;
            latest = message;
            count += 1;
            if (count === wanted.limit) return;
          }
        }
        return;
      }
    } catch (error) {
      if (!(error instanceof BrokenLineError)) throw error;
    }
    yield* select(this.#walk(), latest ? restOf(wanted, count, latest) : wanted);
  }

  /** The messages whose ids lie in one of these ranges, which come in order and do not overlap; read is what they need. */
  async *messagesWithin(ranges: readonly IdRange[]): AsyncGenerator<Message> {
    const [first, last] = [ranges[0]?.first, ranges.at(-1)?.last];
    if (first === undefined || last === undefined) return;
    const lines = await this.messageLines();
    let latest: string | undefined;
    try {
      if (lines) {
        const whole = await spanOfIds(lines, { first, last });
        // ranges far apart are looked for, those close together read with what is between them
        const isWorthIt = ranges.length * BYTES_FOR_A_SEARCH <= whole.end - whole.start;
        let rest = whole.start;
        for (const range of isWorthIt ? ranges : [{ first, last }]) {
          const span = isWorthIt
            ? await spanOfIds({ ...lines, span: { start: rest, end: whole.end } }, range)
            : whole;
          rest = span.end;
          for await (const batch of this.#messagesIn(span, (key) => isWithin(key, range))) {
            for (const message of batch) {
              const key = String(message.id);
              if (isInRanges(ranges, key)) yield message;
              latest = key;
            }
          }
        }
        return;
      }
    } catch (error) {
      if (!(error instanceof BrokenLineError)) throw error;
    }
    for await (const batch of this.#checkedLines()) {
      for (const { key, json } of batch) {
        const isDone = latest !== undefined && compareMessageIds(key, latest) <= 0;
        if (isDone || !isInRanges(ranges, key)) continue;
        yield validMessage(this.path, { key, json });
      }
    }
  }

  /** The message with this id; in the line layout it is looked for, and little is read. */
  async findMessage(id: Id): Promise<Message | undefined> {
    const found = this.messagesWithin([rangeOf(String(id))]);
    for await (const message of found) return message;
    return undefined;
  }

  /** Reads and validates every message. @throws {@link StoreError} `STORE_INVALID_FILE` at the first that is not valid */
  async validateMessages(): Promise<void> {
    for await (const _message of this.messages());
  }

  /** The messages in order and in batches, not parsed. Of foreign layouts and older versions, as we would write them. */
  async *lines(): AsyncGenerator<MessageLine[]> {
    const lines = await this.messageLines();
    if (lines) {
      yield* walkMessages(this.#snapshot, lines.span.end);
      return;
    }
    const { messages } = await this.load();
    for (const [key, message] of messages) yield [{ key, json: this.#stringify(key, message) }];
  }

  /** @internal The lines of the messages; `undefined` for foreign layouts and older versions. */
  async messageLines(): Promise<LineBytesSource | undefined> {
    const tail = await this.#readTail();
    if (!tail || (await this.#explain(async () => versionOf(tail))) !== SCHEMA_VERSION)
      return undefined;
    const start = FIRST_LINE.length;
    const span = { start, end: Math.max(start, tail.messagesEnd) };
    return { span, read: (from, to) => this.#snapshot.read(from, to) };
  }

  /** @internal The bytes of whole lines, within a part of the messages that begins and ends where lines do. */
  async *lineBlocks(
    { start, end }: ByteSpan,
    { blockBytes = CHUNK_BYTES }: { readonly blockBytes?: number | undefined } = {},
  ): AsyncGenerator<LineBytes> {
    let size = blockBytes;
    for (let offset = start; offset < end; ) {
      const chunk = await this.#snapshot.read(offset, Math.min(end, offset + size));
      const isLast = offset + chunk.length >= end;
      const length = isLast ? chunk.length : chunk.lastIndexOf(NEWLINE) + 1;
      // the line that is cut is read again, with the next block; one that is longer than a block, in a larger one
      size = length === 0 ? size * 2 : blockBytes;
      if (length > 0) yield { bytes: chunk.subarray(0, length), offset };
      offset += length;
    }
  }

  /** The bytes of the file, as they are. */
  bytes(): AsyncGenerator<Uint8Array> {
    return chunksOf(this.#snapshot, this.size);
  }

  /** `undefined` where a line is not one of ours, not valid or out of order: who walks through all of it says where. */
  async #loadLines(): Promise<Conversation | undefined> {
    const lines = await this.messageLines();
    if (!lines) return undefined;
    const messages = new Map<string, Message>();
    try {
      for await (const batch of this.#messagesIn(lines.span)) {
        for (const message of batch) messages.set(String(message.id), message);
      }
    } catch (error) {
      if (error instanceof BrokenLineError) return undefined;
      throw error;
    }
    return { ...(await this.readHead()), messages };
  }

  async #loadForeign(): Promise<Conversation> {
    return await this.#explain(async () => {
      const whole = this.size <= PARSED_WHOLE ? await this.#parseWhole() : undefined;
      if (whole) return whole;
      const messages = new Map<string, unknown>();
      const document = await walkDocument(this.#snapshot, (members) => {
        for (const { key, value } of members) messages.set(key, parseAt(messagePath(key), value));
      });
      return readDocument({ messages, ...document });
    });
  }

  /**
   * The messages of whole lines, validated, as the batches are walked through.
   *
   * @throws {@link BrokenLineError} also for a message that is not `expected` there
   */
  async *#messagesIn(
    span: ByteSpan,
    expected: IsExpected = () => true,
  ): AsyncGenerator<Iterable<Message>> {
    const last = (await this.#readTail())?.messagesEnd;
    let previous: string | undefined;
    const follows = (key: string): boolean => {
      const isInOrder = previous === undefined || compareMessageIds(previous, key) < 0;
      previous = key;
      return isInOrder && expected(key);
    };
    for await (const block of this.lineBlocks(span)) {
      yield messagesOf(block, { last, expected: follows });
    }
  }

  /** @throws {@link BrokenLineError} */
  async #mustBeLines(span: ByteSpan, expected: IsExpected): Promise<void> {
    for await (const batch of this.#messagesIn(span, expected)) for (const _message of batch);
  }

  /** Every message, in a walk through the structure of the whole file. */
  async *#walk(): AsyncGenerator<Message> {
    for await (const batch of this.#checkedLines()) {
      for (const { key, json } of batch) yield validMessage(this.path, { key, json });
    }
  }

  /** As {@link lines}, after a look at all of it: where a brace is missing, a message seems to go on to the end of the file. */
  async *#checkedLines(): AsyncGenerator<MessageLine[]> {
    if (await this.messageLines()) for await (const _lines of this.lines());
    yield* this.lines();
  }

  #stringify(key: string, message: Message): string {
    try {
      return stringifyJson(message);
    } catch (error) {
      // too deep: it can be read, but not written
      throw this.#invalid(`messages.${key}: ${(error as Error).message}`, error);
    }
  }

  /** `undefined` where it is no JSON: who walks through it can say where not. */
  async #parseWhole(): Promise<Conversation | undefined> {
    try {
      return deserializeConversation(decodeUtf8(await this.#snapshot.read(0, this.size)));
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
    const tail = await findTail((start, end) => this.#snapshot.read(start, end), this.size);
    return tail && parseTail(tail);
  }

  async #explain<T>(step: () => Promise<T>): Promise<T> {
    return await explain(this.#snapshot, step);
  }

  #invalid(what: string, cause?: unknown): StoreError {
    return invalidFile(this.path, what, cause);
  }
}

/** Whether a message with this key may stand there. */
type IsExpected = (key: string) => boolean;

/** What is left of a range after so many messages. */
function restOf(range: KeyRange, count: number, latest: Message): KeyRange {
  const last = Number.POSITIVE_INFINITY;
  const limit = range.limit - count;
  return { ...range, after: String(latest.id), from: undefined, last, limit };
}

/** The messages of whole lines; behind the one that ends at `last` stands no comma. @throws {@link BrokenLineError} */
function* messagesOf(
  { bytes, offset }: LineBytes,
  { last, expected }: { readonly last: number | undefined; readonly expected: IsExpected },
): Generator<Message> {
  const problems = new ProblemList();
  const endsMessages = offset + bytes.length === last;
  for (const { key, message } of parseLines(bytes, { endsMessages })) {
    if (!checkMessage(message, key, problems) || !expected(key)) throw new BrokenLineError();
    yield message;
  }
}

function versionOf({ document }: Tail): number {
  const metadata = document.metadata as Record<string, unknown>;
  migrationPath(metadata);
  // what is no number is no version of ours, as for a migration
  return typeof metadata.schema_version === 'number' ? metadata.schema_version : 0;
}

const NEWLINE = 0x0a;
const CHUNK_BYTES = 256 * 1024;
/** Up to here a file that is loaded is read in one piece. */
const KEPT_WHOLE = 1024 * 1024;
/** Up to here a foreign layout is parsed in one piece. */
const PARSED_WHOLE = 32 * 1024 * 1024;
/** Looking for the messages of one range costs about as much as walking through so many bytes. */
const BYTES_FOR_A_SEARCH = 128 * 1024;
