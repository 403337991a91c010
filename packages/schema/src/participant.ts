import { z } from 'zod';
import { idSchema } from './fields.ts';

/** Validates a {@link Participant}. */
export const participantSchema = z.looseObject({
  /** Their id, as messages have it in `sender_id`. */
  id: idSchema,
  /** Without the `@`. */
  username: z.string().nullish(),
  /** Their first name. */
  first_name: z.string().nullish(),
  /** Their last name. */
  last_name: z.string().nullish(),
});

/** Somebody who takes part in a conversation. Keys that are not listed here are kept. */
export interface Participant extends z.infer<typeof participantSchema> {}
