import type { Message } from '@tgstore/schema';
import type { Leftovers } from './leftovers.ts';

/** The kind of media that a key stands for, where a message carries no file. */
export function mediaOfKey(key: string, value: unknown, hasPlace: boolean): string | undefined {
  if (key === 'location_information') return hasPlace ? 'venue' : 'location';
  // a service message has the key of its action, and winners as a number
  if (key === 'giveaway_results') return typeof value === 'object' ? key : undefined;
  return MEDIA_OF_KEY.get(key);
}

/** Sets media type and path. A placeholder in the place of a path, and what says more, stays in `raw_data`. */
export function setMedia(
  message: Message,
  leftovers: Leftovers,
  source: { photo: unknown; file: unknown; mediaType: unknown; otherMedia: string | undefined },
): void {
  const { photo, file, mediaType, otherMedia } = source;
  const type = typeof mediaType === 'string' && mediaType !== '' ? mediaType : undefined;
  const hasFile = typeof file === 'string';
  const kind = typeof photo === 'string' ? 'photo' : (type ?? (hasFile ? 'file' : otherMedia));
  if (kind !== undefined) message.media_type = kind;
  if (mediaType !== undefined && mediaType !== null && mediaType !== kind) {
    if (type === undefined) leftovers.keepWrong('media_type', mediaType);
    else leftovers.keep('media_type', mediaType);
  }
  setPath(message, leftovers, 'photo', photo);
  setPath(message, leftovers, 'file', file);
}

function setPath(message: Message, leftovers: Leftovers, key: string, path: unknown): void {
  if (path === undefined || path === null) return;
  if (typeof path !== 'string') leftovers.keepWrong(key, path);
  else if (path === '' || isPlaceholder(path) || message.media_path) leftovers.keep(key, path);
  else message.media_path = path;
}

/** Whether the value stands in the place of a path because the file was not exported: `(File not included. …)`. */
function isPlaceholder(path: string): boolean {
  return path.startsWith('(') && path.endsWith(')') && !path.includes('/');
}

const MEDIA_OF_KEY = new Map([
  ['contact_information', 'contact'],
  ['place_name', 'venue'],
  ['game_title', 'game'],
  ['invoice_information', 'invoice'],
  ['poll', 'poll'],
  ['todo_list', 'todo_list'],
  ['giveaway_information', 'giveaway'],
  ['paid_stars_amount', 'paid_media'],
]);
