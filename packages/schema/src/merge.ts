import { instant } from './dates.ts';
import { explainDepth, stringifyJson } from './json.ts';
import type { Message } from './message.ts';
import { compareCodePoints, compareMessageIds } from './message-id.ts';

/** What {@link mergeMessages} did. */
export interface MergeResult {
  /** All messages, in order. */
  readonly messages: Map<string, Message>;
  /** Ids that were not there before. */
  readonly added: readonly string[];
  /** Ids whose message is another one now. */
  readonly edited: readonly string[];
  /** How many incoming messages changed nothing. */
  readonly unchanged: number;
}

/**
 * Merges messages into those that are there. Of two messages with one id {@link mergeMessage} keeps one, so any number
 * of overlapping exports, merged in any order, end in the same messages. Neither input is changed.
 */
export function mergeMessages(
  existing: ReadonlyMap<string, Message>,
  incoming: Iterable<Message>,
): MergeResult {
  const messages = new Map(existing);
  const added = new Set<string>();
  const edited = new Set<string>();
  let unchanged = 0;
  for (const message of incoming) {
    const key = String(message.id);
    const before = messages.get(key);
    const after = before === undefined ? message : mergeMessage(before, message);
    if (after === before) {
      unchanged += 1;
      continue;
    }
    messages.set(key, after);
    if (before === undefined) added.add(key);
    else if (!added.has(key)) edited.add(key);
  }
  const sorted = [...messages].sort(([a], [b]) => compareMessageIds(a, b));
  return { messages: new Map(sorted), added: [...added], edited: [...edited], unchanged };
}

/**
 * Which of two messages with one id stands. The first where they mean the same; otherwise, in this order: a deleted one,
 * the later `edit_date`, a real media path over a placeholder, a sender over none, the greater canonical text.
 * The result does not depend on the order of the two, but for which of two equal ones is returned.
 */
export function mergeMessage(first: Message, second: Message): Message {
  const a = canonicalText(first);
  const b = canonicalText(second);
  if (a === b) return first;
  const preference =
    Number(second.deleted === true) - Number(first.deleted === true) ||
    instant(second.edit_date) - instant(first.edit_date) ||
    Number(hasMediaFile(second)) - Number(hasMediaFile(first)) ||
    Number(hasSender(second)) - Number(hasSender(first)) ||
    compareCodePoints(b, a);
  return preference > 0 ? second : first;
}

/** Whether two messages mean the same: key order, absent or null, and ids as number or string make no difference. */
export function isSameMessage(first: Message, second: Message): boolean {
  return canonicalText(first) === canonicalText(second);
}

/**
 * Whether two messages with one id can't be the same message, so that the id was given twice: by two accounts, as happens
 * in one-to-one chats and basic groups. Their dates differ, or the kinds of their senders.
 */
export function isIdConflict(first: Message, second: Message): boolean {
  return datesConflict(first, second) || senderKindsConflict(first, second);
}

function datesConflict(first: Message, second: Message): boolean {
  if (!first.date || !second.date) return false;
  const difference = Math.abs(Date.parse(first.date) - Date.parse(second.date));
  if (difference === 0) return false;
  if (!hasAssumedZone(first) && !hasAssumedZone(second)) return true;
  // zones lie at most 26 hours apart, and a whole number of quarter hours
  return difference > 26 * HOUR || difference % (HOUR / 4) !== 0;
}

// an export without unix times leaves its local date here
function hasAssumedZone(message: Message): boolean {
  return typeof message.raw_data?.date === 'string';
}

function senderKindsConflict(first: Message, second: Message): boolean {
  const a = senderKind(first);
  const b = senderKind(second);
  return a !== undefined && b !== undefined && a !== b;
}

function senderKind({ sender_id }: Message): string | undefined {
  return /^([a-z]+)-?\d+$/.exec(String(sender_id ?? ''))?.[1];
}

function hasSender({ sender_id }: Message): boolean {
  return sender_id !== undefined && sender_id !== null;
}

// Telegram Desktop puts "(File not included. …)" in the place of a path
function hasMediaFile({ media_path }: Message): boolean {
  return Boolean(media_path) && !(media_path?.startsWith('(') && !media_path.includes('/'));
}

/** The message as text with sorted keys and without nulls; equal texts mean equal messages. */
function canonicalText(message: Message): string {
  try {
    return stringifyJson(canonical(message));
  } catch (error) {
    throw explainDepth(error);
  }
}

function canonical(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => canonical(item, key));
  if (typeof value !== 'object' || value === null) return ID_KEYS.has(key) ? String(value) : value;
  const entries = Object.entries(value)
    .filter(([, item]) => item !== null && item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, item]) => [name, canonical(item, name)]);
  return Object.fromEntries(entries);
}

const ID_KEYS = new Set(['id', 'sender_id', 'reply_to_id', 'user_ids']);
const HOUR = 3_600_000;
