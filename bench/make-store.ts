import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { FileManager } from '@tgstore/core';
import type { Message } from '@tgstore/schema';
import { onlyOnce } from './only-once.ts';
import { sampleMessages } from './sample-messages.ts';

export interface StoreOptions {
  readonly conversations: number;
  readonly messagesEach: number;
  readonly seed: number;
}

/** A store of conversations of equal length, made from the messages of a sample export; made once, and kept. */
export async function makeStore(directory: string, options: StoreOptions): Promise<void> {
  await onlyOnce(join(directory, '.made'), () => fill(directory, options));
}

async function fill(directory: string, options: StoreOptions): Promise<void> {
  rmSync(directory, { recursive: true, force: true });
  const files = new FileManager({ storageDir: directory, durability: 'relaxed' });
  const source = sampleMessages(options.seed, options.conversations * options.messagesEach);
  for (let id = 1; id <= options.conversations; id += 1) {
    const messages: Message[] = [];
    while (messages.length < options.messagesEach) {
      const { value } = await source.next();
      if (value) messages.push({ ...value, id: messages.length + 1 });
    }
    const metadata = { conversation_id: String(id), name: `Chat ${id}` };
    await files.saveConversation({ messages, metadata });
  }
}

/** Adds messages to a conversation, copies of its first ones. */
export async function grow(directory: string, id: string, count: number): Promise<void> {
  const files = new FileManager({ storageDir: directory, durability: 'relaxed' });
  const { messages, ...rest } = await files.loadConversation(id);
  const all = [...messages.values()];
  const added = all
    .slice(0, count)
    .map((message, index) => ({ ...message, id: all.length + index + 1 }));
  await files.saveConversation({ ...rest, messages: [...all, ...added] }, { force: true });
}
