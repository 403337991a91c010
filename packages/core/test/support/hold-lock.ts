// Holds the lock of a conversation until its standard input ends: hold-lock.ts STORE ID
import { once } from 'node:events';
import { lockConversations } from '../../src/lock-conversations.ts';

const [storageDir = '', id = ''] = process.argv.slice(2);
await lockConversations(storageDir)(id, 'hold', async () => {
  process.stdout.write('held\n');
  process.stdin.resume();
  await once(process.stdin, 'end');
});
