// Saves a conversation again and again, each time with one message more, until it is killed: save-forever.ts STORE ID
import { FileManager, lockConversations } from '../../src/index.ts';
import { conversation, messages } from './conversations.ts';

const [storageDir = '', id = ''] = process.argv.slice(2);
const files = new FileManager({ storageDir, guard: lockConversations(storageDir) });
for (let count = 1; ; count += 1) {
  await files.saveConversation(conversation(id, messages(count)), { force: true });
  if (count % 3 === 0) await files.markAsProcessed(id);
  if (count === 1) process.stdout.write('started\n');
}
