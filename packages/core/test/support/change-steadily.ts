// Adds a message and edits the first one, again and again, until it is killed: revision N of the conversation has the
// messages 1 to N. change-steadily.ts STORE ID
import { EnhancedFileManager } from '../../src/index.ts';
import { message } from './conversations.ts';

const [storageDir = '', id = ''] = process.argv.slice(2);
const store = new EnhancedFileManager({ storageDir, durability: 'relaxed' });
let { revision } = await store.readMetadata(id);
for (;;) {
  const next = (revision ?? 0) + 1;
  const edit_date = new Date(Date.UTC(2025, 0) + next * 1000).toISOString();
  // more than one chunk of the log
  const text = `revision ${next} `.padEnd(100_000, 'é');
  const change = await store.appendMessages(id, [message(1, { text, edit_date }), message(next)]);
  revision = change.revision;
}
