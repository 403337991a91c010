// Saves a conversation again and again, each time with one message more, until it is killed: save-forever.ts STORE ID
import { EnhancedFileManager } from '../../src/index.ts';
import { conversation, messages } from './conversations.ts';

const [storageDir = '', id = ''] = process.argv.slice(2);
const store = new EnhancedFileManager({ storageDir });
for (let count = 1; ; count += 1) {
  await store.saveConversation(conversation(id, messages(count)), { force: true });
  if (count % 3 === 0) await store.markAsProcessed(id);
  if (count === 1) process.stdout.write('started\n');
}
