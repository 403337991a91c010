import { z } from 'zod';

/** A string that is not empty, or an integer of any size. */
export const idSchema = z.union([z.string().min(1), z.int(), z.bigint()], {
  error: 'not a string or an integer',
});

/** ISO 8601 in UTC with a final Z, to the second or finer. */
export const dateSchema = z.iso.datetime({
  error: 'not an ISO 8601 date in UTC, such as 2023-11-15T12:30:00Z',
});
