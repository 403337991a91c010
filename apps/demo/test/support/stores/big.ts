import { FileManager } from '@tgstore/core';
import type { Message } from '@tgstore/schema';

/** Writes one conversation of so many messages, six a day from 2020 on, by three people: `Message 1`, `Message 2`, … */
export async function writeBigConversation(
  storageDir: string,
  id: string,
  count: number,
): Promise<void> {
  const files = new FileManager({ storageDir, durability: 'relaxed' });
  const messages = Array.from({ length: count }, (_, index): Message => {
    const sender = index % 3;
    return {
      id: index + 1,
      text: `Message ${index + 1}${'. It goes on for a while'.repeat(index % 7)}`,
      date: new Date(Date.UTC(2020, 0, 1) + index * 4 * 3_600_000).toISOString(),
      sender_id: `user${sender}`,
      sender_name: ['Tom', 'Ida', 'Mira'][sender] as string,
      is_outgoing: sender === 2,
    };
  });
  await files.saveConversation({
    messages,
    metadata: {
      conversation_id: id,
      name: `Big ${count}`,
      chat_type: 'supergroup',
      is_group: true,
    },
  });
}
