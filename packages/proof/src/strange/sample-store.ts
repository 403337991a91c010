// A store that has something at every place, and what stands beside it.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EnhancedFileManager } from '@tgstore/core';
import type { Message } from '@tgstore/schema';

export const STORE = 'chats';
/** Where symbolic links lead; nothing in it may ever change. */
export const OUTSIDE = 'outside';

export async function makeSample(root: string): Promise<void> {
  await mkdir(join(root, OUTSIDE), { recursive: true });
  await using store = openStore(join(root, STORE));
  await store.saveConversation(conversation('a', 3));
  await store.saveConversation(conversation('b', 3));
  await store.saveConversation(conversation('big', 1, 'large '.repeat(60_000)));
  await store.appendMessages('a', [
    message(4),
    { ...message(1), edit_date: '2024-02-01T00:00:00Z' },
  ]);
  await store.markAsProcessed('b');
  await store.processAllUnprocessed(
    () => {
      throw new Error('the processor fails');
    },
    { ids: ['a'], backoff: () => 0 },
  );
  await store.createManualBackup({ tag: 'sample' });
  await store.exportConversationsToJson(join(root, 'import.json'));
  await mkdir(join(root, STORE, '.tgstore', 'quarantine'), { recursive: true });
  await writeFile(join(root, 'config.yaml'), 'ingestors:\n  telegram:\n    max_backups: 3\n');
  await mkdir(join(root, OUTSIDE, 'directory'));
  await using beside = openStore(join(root, OUTSIDE, 'directory'));
  await beside.saveConversation(conversation('a', 2));
  await writeFile(join(root, OUTSIDE, 'file'), 'not yours\n');
}

export function openStore(storageDir: string, lockTimeoutMs = 5000): EnhancedFileManager {
  return new EnhancedFileManager({
    storageDir,
    durability: 'relaxed',
    appendInPlaceFrom: 256 * 1024,
    lockTimeoutMs,
  });
}

export function conversation(
  id: string,
  count: number,
  text?: string,
): { messages: Message[]; metadata: { conversation_id: string; chat_type: string } } {
  const messages = Array.from({ length: count }, (_, index) => ({
    ...message(index + 1),
    ...(text && { text }),
  }));
  return { messages, metadata: { conversation_id: id, chat_type: 'supergroup' } };
}

export function message(id: number): Message {
  return { id, sender_id: 'user1', text: `text ${id}`, date: '2024-01-01T00:00:00Z' };
}
