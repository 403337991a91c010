import { type MessageCounts, MessageSummary } from './latest.ts';
import { MESSAGE_SEPARATOR, messageLine } from './line-layout.ts';
import type { Message } from './message.ts';
import { compareMessageIds } from './message-id.ts';
import { checkMessage, ProblemList } from './validate.ts';

/** Validated messages as they stand in a conversation file, and what one must know of them to put blocks together. */
export interface LineBlock extends MessageCounts {
  /** `"id":{…}` of each message, with {@link MESSAGE_SEPARATOR} between them, in UTF-8. */
  readonly bytes: Uint8Array;
  /** Key of the first message. */
  readonly firstKey: string;
  /** Key of the last message. */
  readonly lastKey: string;
  /** Whether the messages stand in order, none twice. */
  readonly inOrder: boolean;
}

/**
 * Validates messages and writes them as lines; `undefined` for none.
 *
 * @throws {@link SchemaError} `SCHEMA_INVALID` at the first message that is not valid.
 */
export function encodeLines(messages: Iterable<Message>): LineBlock | undefined {
  const builder = new LineBlockBuilder();
  for (const message of messages) builder.add(message);
  return builder.finish();
}

/** Puts a block together message by message. */
class LineBlockBuilder {
  readonly #summary = new MessageSummary();
  #bytes = new Uint8Array(FIRST_LENGTH);
  #length = 0;
  #firstKey: string | undefined;
  #lastKey: string | undefined;
  #inOrder = true;

  add(message: Message): void {
    const key = String(message.id);
    const problems = new ProblemList();
    if (!checkMessage(message, key, problems)) problems.throwIfAny();
    const separator = this.#firstKey === undefined ? '' : MESSAGE_SEPARATOR;
    const text = separator + messageLine(message, key);
    // a UTF-16 unit takes three bytes at most
    const room = this.#room(text.length * 3);
    this.#length += encoder.encodeInto(text, room).written;
    if (this.#lastKey !== undefined && compareMessageIds(this.#lastKey, key) >= 0) {
      this.#inOrder = false;
    }
    this.#firstKey ??= key;
    this.#lastKey = key;
    this.#summary.add(message);
  }

  /** The block; `undefined` where nothing was added. */
  finish(): LineBlock | undefined {
    if (this.#firstKey === undefined || this.#lastKey === undefined) return undefined;
    const { count, lastMessageId, lastMessageDate } = this.#summary;
    return {
      bytes: this.#bytes.subarray(0, this.#length),
      firstKey: this.#firstKey,
      lastKey: this.#lastKey,
      inOrder: this.#inOrder,
      count,
      lastMessageId,
      lastMessageDate,
    };
  }

  #room(needed: number): Uint8Array {
    if (this.#length + needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length + needed, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    return this.#bytes.subarray(this.#length);
  }
}

const encoder = new TextEncoder();
const FIRST_LENGTH = 8 * 1024;
