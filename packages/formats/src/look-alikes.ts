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
  return unknown(`an array of objects with ${listed(keys)}`);
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
  return unknown(`an object with ${listed(keys)}`);
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

/** Names only what exporters write: in a damaged file, any key can be what somebody wrote. */
function listed(keys: readonly string[]): string {
  const known = keys.filter((key) => KNOWN.has(key)).slice(0, 8);
  const others = keys.length - known.length;
  const count = `${others} ${known.length > 0 ? 'other' : 'unknown'} ${others === 1 ? 'key' : 'keys'}`;
  if (known.length === 0) return count;
  const names = known.map((key) => `"${key}"`).join(', ');
  return `the keys ${names}${others > 0 ? ` and ${count}` : ''}`;
}

/** Of exports of chats, whatever program wrote them. */
const KNOWN: ReadonlySet<string> = new Set(
  (
    'about author chat chats conversation_id conversations contacts content data date export_date file from from_id id ' +
    'items list media media_type members message message_id messages metadata name out participants peer_id photo ' +
    'reactions result sender sender_id text text_entities timestamp title type user users username version'
  ).split(' '),
);
