// A thread that adds messages to a conversation, one after the other, with a manager of its own.
import { workerData } from 'node:worker_threads';
import { EnhancedFileManager } from '../../src/index.ts';
import { message } from './conversations.ts';

const { storageDir, id, first, count } = workerData;
await using store = new EnhancedFileManager({ storageDir, lockTimeoutMs: 60_000 });
for (let next = first; next < first + count; next += 1) {
  await store.appendMessages(id, [message(next)]);
}
