import {
  type ConversationStatus,
  closingLines,
  MESSAGE_SEPARATOR,
  type Message,
  type Metadata,
  messageLine,
} from '@tgstore/schema';

/** One conversation on its way into a bundle. */
export interface BundleItem {
  /** Equal to `metadata.conversation_id`. */
  readonly id: string;
  /** Whether it was processed. */
  readonly status: ConversationStatus;
  /** In the order they shall stand; read once, to the end. */
  readonly messages: AsyncIterable<Message> | Iterable<Message>;
  /** What is known of it as a whole. */
  readonly metadata: Metadata;
  /** Keys of the conversation beside messages, metadata and status; they are kept. */
  readonly other?: Readonly<Record<string, unknown>> | undefined;
}

/** Options of {@link writeBundle}. */
export interface WriteBundleOptions {
  /** When the bundle is made: ISO 8601, UTC. The clock is the caller's. */
  readonly exportedAt: string;
  /** How many conversations will come, where that is known before. */
  readonly conversationCount?: number | undefined;
}

/**
 * The text of a bundle: any number of conversations with their status in one JSON document. It comes in pieces of about 64 KB
 * and holds one message a line, so that it can be searched line by line.
 */
export async function* writeBundle(
  conversations: AsyncIterable<BundleItem> | Iterable<BundleItem>,
  { exportedAt, conversationCount }: WriteBundleOptions,
): AsyncGenerator<string> {
  const metadata = {
    exported_at: exportedAt,
    format: BUNDLE_FORMAT,
    format_version: BUNDLE_VERSION,
    ...(conversationCount !== undefined && { conversation_count: conversationCount }),
  };
  let text = `{"metadata":${JSON.stringify(metadata)},\n"conversations":{\n`;
  let separator = '';
  for await (const { id, status, messages, metadata: own, other } of conversations) {
    if (own.conversation_id !== id) {
      throw new TypeError(`Conversation ${id} has the metadata of ${own.conversation_id}`);
    }
    text += `${separator}${JSON.stringify(id)}:{"status":${JSON.stringify(status)},"messages":{\n`;
    let isEmpty = true;
    for await (const message of messages) {
      text += `${isEmpty ? '' : MESSAGE_SEPARATOR}${messageLine(message)}`;
      isEmpty = false;
      if (text.length < PIECE) continue;
      yield text;
      text = '';
    }
    text += closingLines(own, { other: other && { ...other }, empty: isEmpty });
    separator = ',';
  }
  yield `${text}}}\n`;
}

/** Stands as `format` in the metadata of a bundle. */
export const BUNDLE_FORMAT = 'tgstore-bundle';
/** The `format_version` that is written, and the latest that is read. */
export const BUNDLE_VERSION = 1;
const PIECE = 64 * 1024;
