import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeId } from '@tgstore/core';
import { SCHEMA_VERSION, serializeConversation, validateConversation } from '@tgstore/schema';

export interface ManyOptions {
  readonly conversations: number;
  /** @default 1 */
  readonly messages?: number;
}

/** Many small conversations, written as plainly as any other program could. */
export async function writeManyConversations(
  storageDir: string,
  { conversations, messages = 1 }: ManyOptions,
): Promise<void> {
  await mkdir(storageDir, { recursive: true });
  for (let number = 1; number <= conversations; number += 1) {
    const id = String(number);
    const status = number % 3 === 0 ? 'processed' : 'unprocessed';
    await writeFile(join(storageDir, `${encodeId(id)}_${status}.json`), conversation(id, messages));
  }
}

function conversation(id: string, count: number): string {
  const list = Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    text: `Hello from ${id}`,
    date: new Date(Date.UTC(2024, 0, 1) + Number(id) * 60_000 + index * 1000).toISOString(),
    sender_id: `user${id}`,
    sender_name: `Person ${id}`,
    is_outgoing: false,
  }));
  const metadata = {
    conversation_id: id,
    name: `Person ${id}`,
    chat_type: ['private', 'group', 'bot', 'channel'][Number(id) % 4],
    message_count: count,
    last_message_id: count,
    last_message_date: list.at(-1)?.date,
    schema_version: SCHEMA_VERSION,
  };
  return serializeConversation(validateConversation({ messages: list, metadata }));
}
