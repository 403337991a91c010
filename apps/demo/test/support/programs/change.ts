// One change of a store: change.ts append|mark|delete STORE ID [TEXT]
import { EnhancedFileManager } from '@tgstore/core';

const [change, storageDir = '', id = '', text = ''] = process.argv.slice(2);
await using store = new EnhancedFileManager({ storageDir });
switch (change) {
  case 'append': {
    const isKnown = (await store.listConversations()).includes(id);
    const last = isKnown ? await store.getFetchCursor(id) : undefined;
    const next = Number(last?.lastMessageId ?? 0) + 1;
    const date = '2026-01-01T12:00:00Z';
    const messages = [{ id: next, text, date, sender_name: 'Nour' }];
    await store.mergeConversation({ metadata: { conversation_id: id }, messages });
    break;
  }
  case 'mark':
    await store.markAsProcessed(id);
    break;
  case 'delete':
    await store.deleteConversation(id);
    break;
  default:
    throw new TypeError(`change.ts can't ${change}`);
}
