// Saves conversations, one after the other: save-many.ts STORE FIRST COUNT
import { FileManager } from '../../src/index.ts';
import { conversation } from './conversations.ts';

const [storageDir = '', first, count] = process.argv.slice(2);
const files = new FileManager({ storageDir, durability: 'relaxed' });
for (let id = Number(first); id < Number(first) + Number(count); id += 1) {
  await files.saveConversation(conversation(String(id)));
}
