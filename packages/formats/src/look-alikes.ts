import { FormatError } from './errors.ts';
import type { Walk } from './walk.ts';

/** The error for a JSON array: no export that we read is one. Names what it looks like, by its first element. */
export async function looksLikeArray(walk: Walk): Promise<FormatError> {
  const { reader } = walk;
  await reader.enter('[');
  if (!(await reader.nextElement())) return unknown('an empty array');
  const first = await walk.value();
  if (typeof first !== 'object' || first === null) return unknown(`an array of ${typeof first}s`);
  if (Array.isArray(first)) return unknown('an array of arrays');
  const keys = Object.keys(first);
  if (keys.includes('_')) return unknown('messages as Telethon writes them');
  if (keys.includes('update_id')) return unknown('updates of the Bot API');
  if (keys.includes('visible_name')) return unknown('a list of chats by tdl');
  return unknown(`an array of objects with the keys ${listed(keys)}`);
}

/** The error for a JSON object without the keys of an export. */
export function looksLikeObject(fields: ReadonlyMap<string, unknown>): FormatError {
  if (fields.has('update_id') || (fields.has('ok') && fields.has('result'))) {
    return unknown('updates of the Bot API');
  }
  if (fields.has('users') && fields.has('id')) return unknown('a list of users by tdl');
  const keys = [...fields.keys()];
  if (keys.length === 0) {
    return unknown('an object with messages by id (a conversation file?), or without any key');
  }
  return unknown(`an object with the keys ${listed(keys)}`);
}

/** The error for `{"id":…,"messages":[{"id":…,"type":"message","file":…}]}`. */
export function looksLikeTdl(): FormatError {
  return unknown('an export by tdl, which has no names and no senders');
}

function unknown(what: string): FormatError {
  return new FormatError(
    'FORMAT_UNKNOWN',
    `The input is JSON, but no export that can be read: it looks like ${what}; pass a result.json of Telegram Desktop (format "Machine-readable JSON"), or a bundle`,
  );
}

function listed(keys: readonly string[]): string {
  const names = keys.slice(0, 8).map((key) => JSON.stringify(key.slice(0, 40)));
  return keys.length === 0 ? 'none' : names.join(', ') + (keys.length > 8 ? ', …' : '');
}
