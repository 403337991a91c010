import { z } from 'zod';
import { dateSchema, idSchema } from './fields.ts';
import { participantSchema } from './participant.ts';

/** What is known of a conversation as a whole. Keys that are not listed here are kept. */
export const metadataSchema = z.looseObject({
  /** Names the conversation in the store; the file name is made from it. */
  conversation_id: z.string().min(1, 'is empty'),
  name: z.string().nullish(),
  /** Without the `@`. */
  username: z.string().nullish(),
  is_group: z.boolean().nullish(),
  is_channel: z.boolean().nullish(),
  /** `private`, `bot`, `group`, `supergroup` or `channel`. */
  chat_type: z.string().nullish(),
  /** The source's own words for what kind of chat it is: `personal_chat`, `private_supergroup`, … */
  conversation_types: z.array(z.string()).nullish(),
  /** The latest date of any message: ISO 8601, UTC. */
  last_message_date: dateSchema.nullish(),
  /** When the content of the file last changed: ISO 8601, UTC. */
  last_update: dateSchema.nullish(),
  participants: z.array(participantSchema).nullish(),
  message_count: z.int().min(0).nullish(),
  /** The id that comes last in the order of messages. */
  last_message_id: idSchema.nullish(),
  /** Counts changes of content, from 1. */
  revision: z.int().min(0).nullish(),
  /** Random, new with each change of content: equal ids mean equal content. */
  revision_id: z.string().nullish(),
  schema_version: z.int().min(0).nullish(),
  /** Where the content came from. */
  source: z.looseObject({}).nullish(),
});

export type Metadata = z.infer<typeof metadataSchema>;
