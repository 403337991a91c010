import type { Message } from './message.ts';
import type { Metadata } from './metadata.ts';

/** Whether a conversation waits to be processed. */
export type ConversationStatus = 'processed' | 'unprocessed';

/**
 * A conversation on its way in, whose messages stream. What stands behind them in the input (id, name, status) is
 * known only at their end: read `messages` to the end, then call `finish`.
 */
export interface IncomingConversation {
  /** Where it stands in the input, for messages to people: `chats.list[3]`. */
  readonly place: string;
  /** The messages, in the order of the input; to be read once. */
  readonly messages: AsyncIterable<Message>;
  /** What is known of the whole; call it at the end of the messages. */
  finish(): {
    /** What the input says of the conversation as a whole. */
    readonly metadata: Metadata;
    /** Its status in the input, where the format knows one. */
    readonly status?: ConversationStatus | undefined;
    /** Keys of the conversation beside messages and metadata; they are kept. */
    readonly other?: Record<string, unknown> | undefined;
  };
}
