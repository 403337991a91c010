import type { Conversation, Message } from '@tgstore/schema';
import { canonical, type Said } from './canonical.ts';
import { mustHold } from './kind.ts';

/** That no key of a file became the prototype of an object, where its own keys were to be. */
export function mustBePlain(value: unknown): void {
  const open = [value];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (typeof one !== 'object' || one === null) continue;
    const prototype: unknown = Object.getPrototypeOf(one);
    const isPlain = prototype === Object.prototype || prototype === Array.prototype;
    mustHold(isPlain, () => 'a key became the prototype of an object');
    for (const item of Object.values(one)) open.push(item);
  }
}

export function said({ messages }: Conversation): Said {
  return new Map([...messages].map(([key, message]) => [key, canonical(message)]));
}

/** The messages of a stream, each of which must be there once. */
export async function saidBy(messages: AsyncIterable<Message>): Promise<Said> {
  const found = new Map<string, string>();
  for await (const message of messages) {
    const key = String(message.id);
    mustHold(!found.has(key), () => `streams message ${key} twice`);
    mustBePlain(message);
    found.set(key, canonical(message));
  }
  return found;
}

/** Equal for the same messages in the same order. */
export function keysOf(messages: Said | undefined): string {
  return [...(messages ?? [])].map(([key, text]) => `${key} ${text}`).join('\n');
}

/** That a conversation has all that it had before, but for messages that were changed. */
export function mustKeep(
  before: Conversation,
  now: Conversation,
  changed: ReadonlySet<string>,
): void {
  const [had, has] = [said(before), said(now)];
  for (const [key, text] of had) {
    const isKept = changed.has(key) ? has.has(key) : has.get(key) === text;
    mustHold(
      isKept,
      () => `message ${key} was ${text.slice(0, 100)}, and is ${has.get(key)?.slice(0, 100)}`,
    );
  }
  for (const key of Object.keys(before.metadata)) {
    if (COUNTED.has(key)) continue;
    mustHold(Object.hasOwn(now.metadata, key), () => `lost metadata.${key}`);
  }
  for (const [key, value] of Object.entries(before.other ?? {})) {
    const kept = Object.entries(now.other ?? {}).find(([name]) => name === key);
    mustHold(
      kept !== undefined && canonical(kept[1]) === canonical(value),
      () => `lost the key ${key} beside the messages`,
    );
  }
}

/** What is told of the messages, and is gone where there are none. */
const COUNTED = new Set(['message_count', 'last_message_id', 'last_message_date']);
