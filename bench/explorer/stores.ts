import { join } from 'node:path';
import { FileManager } from '@tgstore/core';
import type { Message } from '@tgstore/schema';
import { writeManyConversations } from '../../apps/demo/test/support/stores/many.ts';
import { onlyOnce } from '../only-once.ts';
import { sampleMessages } from '../sample-messages.ts';

/** A store of one conversation, `1`, of so many messages of a sample export, numbered from 1; made once, and kept. */
export async function makeBigStore(directory: string, count: number, seed: number): Promise<void> {
  await onlyOnce(join(directory, MADE), () => saveBig(directory, count, seed));
}

async function saveBig(directory: string, count: number, seed: number): Promise<void> {
  const messages: Message[] = [];
  for await (const { raw_data: _, ...message } of sampleMessages(seed, count)) {
    if (messages.length === count) break;
    // they come from several chats: ten minutes from each to the next
    const date = new Date(Date.UTC(2000, 0, 1) + messages.length * 600_000).toISOString();
    messages.push({ ...message, id: messages.length + 1, date });
  }
  const files = new FileManager({ storageDir: directory, durability: 'relaxed' });
  const metadata = { conversation_id: '1', name: 'One', chat_type: 'supergroup', is_group: true };
  await files.saveConversation({ messages, metadata }, { force: true });
}

/** A store of many conversations of one message; made once, and kept. */
export async function makeManyStore(directory: string, conversations: number): Promise<void> {
  const make = () => writeManyConversations(directory, { conversations });
  await onlyOnce(join(directory, MADE), make);
}

const MADE = '.made';
