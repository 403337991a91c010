import { StoreError } from './errors.ts';
import { shorten } from './shorten.ts';

/** What every `STORE_INVALID_FILE` about a content ends with. */
export const HOW_TO_MEND = 'tgstore recover saves what is whole; or put it back from a backup';

export function invalidFile(path: string, what: string, cause?: unknown): StoreError {
  // ids and keys of a broken file may be of any length
  const message = `${path}: ${shorten(what, MAX_SHOWN)}; ${HOW_TO_MEND}`;
  return new StoreError('STORE_INVALID_FILE', path, message, { cause });
}

export function notRegular(path: string, cause?: unknown): StoreError {
  const message = `${path} is no regular file; move it away`;
  return new StoreError('STORE_INVALID_FILE', path, message, { cause });
}

/** In characters; ten problems fit. */
const MAX_SHOWN = 3000;
