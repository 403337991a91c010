import { z } from 'zod';
import { type Message, messageSchema } from './message.ts';
import { type Metadata, metadataSchema } from './metadata.ts';

/**
 * A conversation in memory. `messages` is a Map from `String(message.id)` in the order of
 * `compareMessageIds`; a plain object could not keep that order, nor a key such as `__proto__`, safely.
 */
export interface Conversation {
  /** By `String(message.id)`, in order. */
  messages: Map<string, Message>;
  /** What is known of it as a whole. */
  metadata: Metadata;
  /** Keys of the file beside `messages` and `metadata`; they are kept. */
  other?: Record<string, unknown> | undefined;
}

/** The JSON document one file holds. For types and the published JSON Schema; validation goes message by message. */
export const conversationDocumentSchema = z.looseObject({
  /** By `String(message.id)`. */
  messages: z.record(z.string(), messageSchema),
  /** What is known of it as a whole. */
  metadata: metadataSchema,
});

/** The JSON document one file holds; in memory it is a {@link Conversation}. */
export interface ConversationDocument extends z.infer<typeof conversationDocumentSchema> {}
