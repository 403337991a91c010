import { deepEqual, equal, rejects } from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { EnhancedFileManager, StoreError } from '@tgstore/core';

const store = new EnhancedFileManager({ storageDir: 'chats' });
await store.saveConversation({
  metadata: { conversation_id: '42', name: 'Ann' },
  messages: [{ id: 1, date: '2023-11-15T12:30:00Z', text: 'Hi' }],
});
const read = await store.processAllUnprocessed(async (conversation) => {
  const { messages } = await conversation.load();
  return messages.size;
});
deepEqual([read.get('42')?.status, read.get('42')?.value], ['processed', 1]);
equal(existsSync('chats/42_processed.json'), true);

await store.appendMessages('42', [{ id: 2, date: '2023-11-15T12:31:00Z', text: 'Ho' }]);
const added = await store.processAllUnprocessed(async (conversation, { changes }) => {
  const texts = [];
  for await (const { text } of conversation.changedMessages()) texts.push(text);
  return [changes.everything, ...texts];
});
deepEqual(added.get('42')?.value, [false, 'Ho']);

const { id } = await store.createManualBackup();
await store.deleteConversation('42');
await rejects(
  store.loadConversation('42'),
  (error) => error instanceof StoreError && error.code === 'STORE_NOT_FOUND',
);
await store.restoreBackup(id);
equal((await store.loadConversation('42')).messages.size, 2);
await store.exportConversationsToJson('bundle.json');
const other = new EnhancedFileManager({ storageDir: 'other' });
await other.importConversationsFromJson('bundle.json');
deepEqual(await other.getConversationStats(), {
  processedCount: 1,
  unprocessedCount: 0,
  totalCount: 1,
});
for await (const problem of other.check()) throw new Error(problem.message);
await other.close();
await store.close();
