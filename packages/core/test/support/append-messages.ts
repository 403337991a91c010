// Adds messages to a conversation, one after the other, each by reading and saving all of it under its lock:
// append-messages.ts STORE ID FIRST COUNT
import { FileManager, lockConversations } from '../../src/index.ts';
import { message } from './conversations.ts';

const [storageDir = '', id = '', first, count] = process.argv.slice(2);
const files = new FileManager({ storageDir });
const guard = lockConversations(storageDir, { timeoutMs: 60_000 });
for (let next = Number(first); next < Number(first) + Number(count); next += 1) {
  await guard(id, 'append', async () => {
    const { messages, ...rest } = await files.loadConversation(id);
    const all = [...messages.values(), message(next)];
    await files.saveConversation({ ...rest, messages: all }, { force: true });
  });
}
