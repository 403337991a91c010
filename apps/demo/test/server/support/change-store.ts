// Changes a store from a process of its own: node change-store.ts STORE ACTION…, as `save 1`, `mark 1`, `delete 1`.
import { EnhancedFileManager } from '@tgstore/core';

const [storageDir = '', ...actions] = process.argv.slice(2);
await using store = new EnhancedFileManager({ storageDir, durability: 'relaxed' });
for (let at = 0; at < actions.length; at += 2) {
  const [action, id = ''] = actions.slice(at, at + 2);
  if (action === 'save') {
    const messages = [{ id: 1, text: 'by another process', date: '2024-01-01T00:00:00Z' }];
    await store.saveConversation({ messages, metadata: { conversation_id: id } });
  } else if (action === 'mark') await store.markAsProcessed(id);
  else await store.deleteConversation(id);
}
