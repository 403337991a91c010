// Mends a store, fails to back it up, and saves conversation 2: change-silently.ts STORE
import { EnhancedFileManager } from '../../src/index.ts';
import { conversation } from './conversations.ts';

const [storageDir = ''] = process.argv.slice(2);
await using store = new EnhancedFileManager({
  storageDir,
  backupEnabled: true,
  // a file stands there
  backupDir: `${storageDir}/1_unprocessed.json`,
});
await store.saveConversation(conversation('2'));
