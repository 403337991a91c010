// Adds messages to a conversation, one after the other: append-messages.ts STORE ID FIRST COUNT
import { EnhancedFileManager } from '../../src/index.ts';
import { message } from './conversations.ts';

const [storageDir = '', id = '', first, count] = process.argv.slice(2);
await using store = new EnhancedFileManager({ storageDir, lockTimeoutMs: 60_000 });
for (let next = Number(first); next < Number(first) + Number(count); next += 1) {
  await store.appendMessages(id, [message(next)]);
}
