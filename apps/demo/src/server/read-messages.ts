import type { ConversationFile, Message } from '@tgstore/core';
import { compareMessageIds } from '@tgstore/schema';

/** Which messages of a conversation are read: the last ones where nothing is said. */
export interface PageQuery {
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  readonly around?: string | undefined;
  readonly from?: Date | undefined;
  readonly limit: number;
}

export interface ReadPage {
  readonly messages: readonly Message[];
  readonly hasEarlier: boolean;
  readonly hasLater: boolean;
}

/** Reads what is asked for, and little more: a file of a million messages is sought in, not read. */
export async function readPage(file: ConversationFile, query: PageQuery): Promise<ReadPage> {
  const { before, after, around, from, limit } = query;
  if (around !== undefined) return await readAround(file, around, limit);
  if (after !== undefined || from !== undefined) {
    const messages = await collect(file, { after, from, limit: limit + 1 });
    const hasLater = messages.length > limit;
    if (hasLater) messages.pop();
    const first = messages[0];
    // behind the last message there is nothing, but what is in front of it
    const hasEarlier = await hasAny(file, first ? { before: first.id, last: 1 } : { last: 1 });
    return { messages, hasEarlier, hasLater };
  }
  const messages = await collect(file, { before, last: limit + 1 });
  const hasEarlier = messages.length > limit;
  if (hasEarlier) messages.shift();
  const last = messages.at(-1);
  const hasLater =
    before !== undefined &&
    (await hasAny(file, last ? { after: last.id, limit: 1 } : { limit: 1 }));
  return { messages, hasEarlier, hasLater };
}

/** The message, if it is there, in the middle of others. */
async function readAround(file: ConversationFile, id: string, limit: number): Promise<ReadPage> {
  const half = Math.floor(limit / 2);
  const earlier = await collect(file, { before: id, last: half + 1 });
  const middle = await file.findMessage(id);
  const later = await collect(file, { after: id, limit: limit - half });
  const hasEarlier = earlier.length > half;
  if (hasEarlier) earlier.shift();
  const room = Math.max(0, limit - half - (middle ? 1 : 0));
  const hasLater = later.length > room;
  const messages = [...earlier, ...(middle ? [middle] : []), ...later.slice(0, room)];
  return { messages, hasEarlier, hasLater };
}

type Range = Parameters<ConversationFile['messages']>[0];

async function collect(file: ConversationFile, range: Range): Promise<Message[]> {
  const messages: Message[] = [];
  for await (const message of file.messages(range)) messages.push(message);
  return messages;
}

async function hasAny(file: ConversationFile, range: Range): Promise<boolean> {
  for await (const _message of file.messages(range)) return true;
  return false;
}

/** The messages that others of the page answer, those of the page and others; at most a hundred of the latter are read. */
export async function readAnswered(
  file: ConversationFile,
  page: readonly Message[],
): Promise<ReadonlyMap<string, Message>> {
  const answered = new Map(page.map((message) => [String(message.id), message]));
  const missing = new Set<string>();
  for (const { reply_to_id: id } of page) {
    if (id !== undefined && id !== null && !answered.has(String(id))) missing.add(String(id));
  }
  const ids = [...missing].sort(compareMessageIds).slice(-MOST_ANSWERED);
  for await (const message of file.messagesWithin(ids.map((id) => ({ first: id, last: id })))) {
    answered.set(String(message.id), message);
  }
  return answered;
}

const MOST_ANSWERED = 100;
