import { z } from 'zod';
import { idSchema } from './fields.ts';

/** Somebody who takes part in a conversation. Keys that are not listed here are kept. */
export const participantSchema = z.looseObject({
  id: idSchema,
  username: z.string().nullish(),
  first_name: z.string().nullish(),
  last_name: z.string().nullish(),
});

export type Participant = z.infer<typeof participantSchema>;
