import { openTemporary, type TemporaryFile } from '@tgstore/fs';
import {
  closingLines,
  compareMessageIds,
  FIRST_LINE,
  type Id,
  isIntegerId,
  type LineBlock,
  MESSAGE_SEPARATOR,
  type Message,
  MessageSummary,
  type Metadata,
  parseJson,
  updateMetadata,
} from '@tgstore/schema';
import type { Head } from './content-source.ts';
import type { NewContent } from './new-content.ts';
import type { StoreDirectory } from './store-directory.ts';
import type { MessageLine } from './structure-walk.ts';

/** Writes a conversation file message by message, under a temporary name in the directory of the store. */
export class ConversationWriter implements NewContent {
  readonly file: TemporaryFile;
  readonly isInPlace = false;
  /** Whether the messages came in order, none twice; else the file must be sorted before it is published. */
  inOrder = true;
  readonly #summary = new MessageSummary();
  #lastKey: string | undefined;
  readonly #block = Buffer.allocUnsafe(BLOCK_BYTES);
  /** Bytes that wait in the block. */
  #length = 0;

  private constructor(file: TemporaryFile) {
    this.file = file;
  }

  static async open(store: StoreDirectory): Promise<ConversationWriter> {
    const writer = new ConversationWriter(await openTemporary(store.path, store.io));
    await writer.#write(FIRST_LINE);
    return writer;
  }

  /** How many messages were added. */
  get count(): number {
    return this.#summary.count;
  }

  /** Adds a message as `"id":{…}`. Await what it returns, if it returns anything, before the next call. */
  add(key: string, line: string, date: string | null | undefined): Promise<void> | undefined {
    if (this.#lastKey !== undefined && compareMessageIds(this.#lastKey, key) >= 0) {
      this.inOrder = false;
    }
    const text = this.count === 0 ? line : MESSAGE_SEPARATOR + line;
    this.#lastKey = key;
    this.#summary.add({ id: key, date });
    return this.#write(text);
  }

  /** Adds a message as another file has it. Await what it returns, if it returns anything, before the next call. */
  addLine(line: MessageLine): Promise<void> | undefined {
    return this.add(line.key, lineOf(line), dateOf(line.json));
  }

  /** Adds messages that were validated and written as lines before. */
  async addBlock({ bytes, ...block }: LineBlock): Promise<void> {
    const follows =
      this.#lastKey === undefined || compareMessageIds(this.#lastKey, block.firstKey) < 0;
    if (!follows || !block.inOrder) this.inOrder = false;
    if (this.count > 0) await this.#write(MESSAGE_SEPARATOR);
    await this.#flush();
    await this.file.write(bytes);
    this.#lastKey = block.lastKey;
    this.#summary.addAll(block);
  }

  /** Ends the file with its metadata, in which count, last id and last date are set, and syncs it. */
  async close({ metadata, other }: Head): Promise<number> {
    const { count, lastMessageDate } = this.#summary;
    const lastMessageId = this.#lastKey === undefined ? undefined : storedId(this.#lastKey);
    const summary = { count, lastMessageId, lastMessageDate };
    const complete: Metadata = updateMetadata(metadata, summary);
    await this.#write(closingLines(complete, { other, empty: this.count === 0 }));
    await this.#flush();
    await this.file.finish();
    return this.file.bytesWritten;
  }

  async publish(path: string, options: { readonly exclusive: boolean }): Promise<void> {
    await this.file.publish(path, options);
  }

  async discard(): Promise<void> {
    await this.file.discard();
  }

  /** Encodes line by line: joined text would take the width of its widest character, and cost twice the time. */
  #write(text: string): Promise<void> | undefined {
    // a UTF-16 unit takes three bytes at most
    if (this.#length + text.length * 3 > BLOCK_BYTES) return this.#flushAndWrite(text);
    this.#length += this.#block.write(text, this.#length);
    return undefined;
  }

  async #flushAndWrite(text: string): Promise<void> {
    await this.#flush();
    if (text.length * 3 > BLOCK_BYTES) await this.file.write(text);
    else this.#length = this.#block.write(text);
  }

  async #flush(): Promise<void> {
    const bytes = this.#block.subarray(0, this.#length);
    this.#length = 0;
    if (bytes.length > 0) await this.file.write(bytes);
  }
}

/** A message as it stands in a file, without separator. */
export function lineOf({ key, json }: MessageLine): string {
  return `${JSON.stringify(key)}:${json}`;
}

/** The id of a message as metadata name it. */
export function storedId(key: string): Id {
  const isSafe = isIntegerId(key) && Number.isSafeInteger(Number(key));
  return isSafe ? Number(key) : key;
}

/** The date of a message, as a rule without parsing it. */
export function dateOf(json: string): string | null | undefined {
  const at = json.indexOf(DATE);
  const end = json.indexOf('"', at + DATE.length);
  const date = json.slice(at + DATE.length, end);
  // inside strings every quote has a backslash before it, so this is a key; before any bracket it is one of the message. Of a key that
  // stands twice the last one counts
  const isPlain = at >= 0 && !/[[{]/.test(json.slice(1, at)) && !date.includes('\\');
  if (isPlain && json.indexOf(KEY) === at && json.indexOf(KEY, end) < 0) return date;
  // a line that is no message, or has something else there, is copied as it is
  const said = (parseJson(json) as Partial<Message> | null)?.date;
  return typeof said === 'string' || said === null ? said : undefined;
}

const KEY = '"date"';
const DATE = `${KEY}:"`;
const BLOCK_BYTES = 32 * 1024;
