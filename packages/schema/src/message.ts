import { z } from 'zod';
import { dateSchema, idSchema } from './fields.ts';

/** Validates an {@link Entity}. */
export const entitySchema = z.looseObject({
  /** As the source names it: `bold`, `text_link`, `mention`, … */
  type: z.string(),
  /** Where it begins, in UTF-16 code units from the start of the text, as Telegram counts. */
  offset: z.int().min(0),
  /** How long it is, in UTF-16 code units. */
  length: z.int().min(0),
  /** Where a `text_link` leads. */
  url: z.string().nullish(),
});

/** Validates a {@link Reaction}. */
export const reactionSchema = z.looseObject({
  /** Absent for custom emoji and paid reactions. */
  emoji: z.string().nullish(),
  /** How many gave it. */
  count: z.int().min(0),
  /** Those of the senders that the source names; seldom all of them. */
  user_ids: z.array(idSchema).nullish(),
});

/** Validates a {@link Message}. */
export const messageSchema = z.looseObject({
  /** Names it in its conversation. */
  id: idSchema,
  /** Who sent it. */
  sender_id: idSchema.nullish(),
  /** The name of who sent it, as the source shows it. */
  sender_name: z.string().nullish(),
  /** What it says, without its formatting; see `entities`. */
  text: z.string().nullish(),
  /** When it was sent: ISO 8601, UTC. */
  date: dateSchema.nullish(),
  /** When it was last edited: ISO 8601, UTC. */
  edit_date: dateSchema.nullish(),
  /** Whether the owner of the account sent it. */
  is_outgoing: z.boolean().nullish(),
  /** The message it answers, in this conversation. */
  reply_to_id: idSchema.nullish(),
  /** `photo`, `video_file`, `sticker`, `poll`, …; absent for text. */
  media_type: z.string().nullish(),
  /** Path of the media file, relative to the source, with `/`; absent where the file was not exported. */
  media_path: z.string().nullish(),
  /** The formatted stretches of its text. */
  entities: z.array(entitySchema).nullish(),
  /** How others reacted to it. */
  reactions: z.array(reactionSchema).nullish(),
  /** Name of the first author; `null` where it is a deleted account. */
  forwarded_from: z.string().nullish(),
  /** A tombstone: the message was deleted, its text is empty. */
  deleted: z.boolean().nullish(),
  /** What the source says beyond the keys above. */
  raw_data: z.looseObject({}).nullish(),
});

/** A stretch of a message's text that means something: a link, a mention, bold. Keys that are not listed here are kept. */
export interface Entity extends z.infer<typeof entitySchema> {}

/** One kind of reaction to a message, and how many gave it. Keys that are not listed here are kept. */
export interface Reaction extends z.infer<typeof reactionSchema> {}

/** One message. Only `id` is required; keys that are not listed here are kept. */
export interface Message extends z.infer<typeof messageSchema> {}
