import { createHash } from 'node:crypto';
import { type Message, stringifyJson } from '@tgstore/schema';

/** The messages of a conversation, in order. */
export type Content = ReadonlyMap<string, Message>;

/** What tells two messages apart; key order, absent or null, and ids as number or text make no difference. */
export function printOf(message: Message): string {
  const known = prints.get(message);
  if (known !== undefined) return known;
  const print = createHash('sha256')
    .update(stringifyJson(sorted(message)))
    .digest('base64');
  prints.set(message, print);
  return print;
}

/** As {@link printOf}, of all messages. */
export function printOfAll(content: Content | undefined): string {
  if (!content) return 'none';
  const known = allPrints.get(content);
  if (known !== undefined) return known;
  const hash = createHash('sha256');
  for (const [id, message] of content) hash.update(`${JSON.stringify(id)} ${printOf(message)}\n`);
  const print = hash.digest('base64');
  allPrints.set(content, print);
  return print;
}

/** Whether lists of messages are the same. */
export function isSameList(first: readonly Message[], second: readonly Message[]): boolean {
  return first.map(printOf).join() === second.map(printOf).join();
}

function sorted(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => sorted(item, key));
  if (typeof value !== 'object' || value === null) return ID_KEYS.has(key) ? String(value) : value;
  return Object.entries(value)
    .filter(([, item]) => item !== null && item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, item]) => [name, sorted(item, name)]);
}

const ID_KEYS = new Set(['id', 'sender_id', 'reply_to_id', 'user_ids']);
const prints = new WeakMap<Message, string>();
const allPrints = new WeakMap<Content, string>();
