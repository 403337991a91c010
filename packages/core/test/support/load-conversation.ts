import { ConversationFile } from '../../src/conversation-file.ts';

// Loads a file whole, for tests that need more memory than this process has.

const [path = ''] = process.argv.slice(2);
await using file = await ConversationFile.open(path);
const { messages } = await file.load();
let length = 0;
for (const { text } of messages.values()) length += text?.length ?? 0;
process.stdout.write(`${messages.size} ${length}`);
