import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Message, Metadata } from '@tgstore/schema';

/** A conversation as `JSON.parse` gives it. */
export interface Chat {
  readonly messages: Message[];
  readonly metadata: Metadata;
}

/** The files that stand in each directory of prepared data. */
export const names = {
  /** Our layout. */
  store: 'store',
  /** One {@link Chat} as `JSON.stringify` writes it. */
  chat: 'chat.json',
  /** Messages to append. */
  further: 'further.json',
  database: 'chat.db',
} as const;

/** The conversation files of a store that was prepared; their ids are 1, 2, … */
export function conversationPaths(data: string, conversations: number): string[] {
  return Array.from({ length: conversations }, (_, index) =>
    join(data, names.store, `${index + 1}_unprocessed.json`),
  );
}

/** All conversations of such a store. */
export async function readChats(data: string, conversations: number): Promise<Chat[]> {
  const chats: Chat[] = [];
  for (const path of conversationPaths(data, conversations)) chats.push(await readChat(path));
  return chats;
}

/** A conversation file of ours. */
export async function readChat(path: string): Promise<Chat> {
  const { messages, metadata } = JSON.parse(await readFile(path, 'utf8')) as {
    messages: Record<string, Message>;
    metadata: Metadata;
  };
  return { messages: Object.values(messages), metadata };
}

/** How many messages are appended at once. */
export const APPENDED = 100;

/** Messages to append, `APPENDED` at a time: a slice for each time, and before them those to warm up with. */
export async function readFurther(data: string): Promise<(time: number) => Message[]> {
  const all = JSON.parse(await readFile(join(data, names.further), 'utf8')) as Message[];
  return (time) => {
    const start = (time + WARM_UPS) * APPENDED;
    const slice = all.slice(start, start + APPENDED);
    if (slice.length < APPENDED) throw new RangeError('too few messages were prepared');
    return slice;
  };
}

/** The time to give to {@link readFurther} before anything is measured. */
export const WARM_UP = -1;

/** How often those warm up that take milliseconds, from time `-WARM_UPS` to {@link WARM_UP}: until the code is compiled. */
export const WARM_UPS = 40;
