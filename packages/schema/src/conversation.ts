import { z } from 'zod';
import { type Message, messageSchema } from './message.ts';
import { type Metadata, metadataSchema } from './metadata.ts';

/**
 * A conversation in memory. `messages` is a Map from `String(message.id)` in the order of
 * {@link compareMessageIds}; a plain object could not keep that order, nor a key such as `__proto__`, safely.
 */
export interface Conversation {
  messages: Map<string, Message>;
  metadata: Metadata;
  /** Keys of the file beside `messages` and `metadata`; they are kept. */
  other?: Record<string, unknown> | undefined;
}

/** The JSON document one file holds. For types and the published JSON Schema; validation goes message by message. */
export const conversationDocumentSchema = z.looseObject({
  messages: z.record(z.string(), messageSchema),
  metadata: metadataSchema,
});

export type ConversationDocument = z.infer<typeof conversationDocumentSchema>;
