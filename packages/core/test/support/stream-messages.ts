import { ConversationFile } from '../../src/conversation-file.ts';

// Counts the messages of a file, for tests that give this process little memory.

const [path = ''] = process.argv.slice(2);
await using file = await ConversationFile.open(path);
let count = 0;
let length = 0;
for await (const { text } of file.messages()) {
  count += 1;
  length += text?.length ?? 0;
}
process.stdout.write(`${count} ${length}`);
