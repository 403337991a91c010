import { z } from 'zod';
import { dateSchema, idSchema } from './fields.ts';
import { participantSchema } from './participant.ts';

/** Validates {@link Metadata}. */
export const metadataSchema = z.looseObject({
  /** Names the conversation in the store; the file name is made from it. */
  conversation_id: z.string().min(1, 'is empty'),
  /** The name of the other person, or the title of the group. */
  name: z.string().nullish(),
  /** Without the `@`. */
  username: z.string().nullish(),
  /** Whether it is a group of any size. */
  is_group: z.boolean().nullish(),
  /** Whether it is a channel. */
  is_channel: z.boolean().nullish(),
  /** `private`, `bot`, `group`, `supergroup` or `channel`. */
  chat_type: z.string().nullish(),
  /** The source's own words for what kind of chat it is: `personal_chat`, `private_supergroup`, … */
  conversation_types: z.array(z.string()).nullish(),
  /** The latest date of any message: ISO 8601, UTC. */
  last_message_date: dateSchema.nullish(),
  /** When the content of the file last changed: ISO 8601, UTC. */
  last_update: dateSchema.nullish(),
  /** Those who take part, as far as the source names them. */
  participants: z.array(participantSchema).nullish(),
  /** How many messages it has, tombstones too. */
  message_count: z.int().min(0).nullish(),
  /** The id that comes last in the order of messages. */
  last_message_id: idSchema.nullish(),
  /** Counts changes of content, from 1. */
  revision: z.int().min(0).nullish(),
  /** Random, new with each change of content: equal ids mean equal content. */
  revision_id: z.string().nullish(),
  /** The version of the file format; see `SCHEMA_VERSION`. */
  schema_version: z.int().min(0).nullish(),
  /** Where the content came from. */
  source: z.looseObject({}).nullish(),
});

/** What is known of a conversation as a whole. Only `conversation_id` is required; keys that are not listed here are kept. */
export interface Metadata extends z.infer<typeof metadataSchema> {}
