import { normalizeDate } from './dates.ts';
import { isObject } from './is-object.ts';

/**
 * Brings the spellings of the original Python module, and of files written by hand, to ours, losing nothing:
 * a key is renamed only where ours is absent; otherwise both stay.
 */
export function normalizeMetadata(raw: Record<string, unknown>): Record<string, unknown> {
  const metadata: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(raw)) {
    const ours = ALIASES.get(key);
    const free = ours !== undefined && !Object.hasOwn(raw, ours) && !Object.hasOwn(metadata, ours);
    const target = free ? ours : key;
    put(metadata, target, DATES.has(target) ? normalizeDate(value) : value);
  }
  const id = metadata.conversation_id;
  if (typeof id === 'number' || typeof id === 'bigint') metadata.conversation_id = String(id);
  return unfoldLastMessage(metadata);
}

/** Fills a missing id from the key and brings the dates to UTC. Returns the same object where nothing changes. */
export function normalizeMessage(
  raw: Record<string, unknown>,
  key?: string,
): Record<string, unknown> {
  let message = raw;
  if (key !== undefined && (message.id === undefined || message.id === null)) {
    const number = Number(key);
    const id = Number.isSafeInteger(number) && String(number) === key ? number : key;
    message = { id, ...omit(message, 'id') };
  }
  for (const name of ['date', 'edit_date'] as const) {
    const date = normalizeDate(message[name]);
    if (date !== message[name]) message = { ...message, [name]: date };
  }
  return message;
}

/** The keys of metadata in an older spelling, each with ours. */
export function renamedKeys(raw: Record<string, unknown>): [from: string, to: string][] {
  const renamed = Object.keys(raw).flatMap((key): [string, string][] => {
    const ours = ALIASES.get(key);
    return ours === undefined || Object.hasOwn(raw, ours) ? [] : [[key, ours]];
  });
  const hasLast = typeof raw.last_message === 'object' && raw.last_message !== null;
  return hasLast ? [...renamed, ['last_message', 'last_message_id, last_message_date']] : renamed;
}

/** Whether any key of the object names the conversation, in whatever spelling. */
export function namesConversation(raw: Record<string, unknown>): boolean {
  return Object.keys(raw).some((key) => (ALIASES.get(key) ?? key) === 'conversation_id');
}

// a later spelling: {id, text, date}; id and date are ours too, and it stays, for its text
function unfoldLastMessage(metadata: Record<string, unknown>): Record<string, unknown> {
  const last = metadata.last_message;
  if (!isObject(last)) return metadata;
  const { id, date } = last;
  const result = { ...metadata };
  if (result.last_message_id === undefined && id !== undefined) result.last_message_id = id;
  if (result.last_message_date === undefined && date !== undefined) {
    result.last_message_date = normalizeDate(date);
  }
  return result;
}

function put(target: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(target, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

function omit(source: Record<string, unknown>, key: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(source).filter(([name]) => name !== key));
}

const ALIASES = new Map([
  ['id', 'conversation_id'],
  ['chatId', 'conversation_id'],
  ['chat_id', 'conversation_id'],
  ['conversationId', 'conversation_id'],
  ['isGroup', 'is_group'],
  ['isChannel', 'is_channel'],
  ['chatType', 'chat_type'],
  ['conversationTypes', 'conversation_types'],
  ['last_updated', 'last_update'],
  ['lastUpdated', 'last_update'],
  ['lastMessageDate', 'last_message_date'],
  ['lastMessageId', 'last_message_id'],
  ['messageCount', 'message_count'],
]);
const DATES = new Set(['last_message_date', 'last_update']);
