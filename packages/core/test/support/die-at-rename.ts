// Processes a store, and is killed when a conversation is about to get its processed name: die-at-rename.ts STORE
import { writeSync } from 'node:fs';
import { EnhancedFileManager } from '../../src/index.ts';
import { watching } from './faults.ts';

const [storageDir = ''] = process.argv.slice(2);
const fileSystem = watching(({ name, args }) => {
  if (name === 'rename' && String(args[1]).endsWith('_processed.json')) {
    process.kill(process.pid, 'SIGKILL');
    return new Promise(() => {});
  }
  return undefined;
});
const store = new EnhancedFileManager({ storageDir, fileSystem });
await store.processAllUnprocessed(({ id }) => {
  writeSync(1, `processed ${id}\n`);
});
