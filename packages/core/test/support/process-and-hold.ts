// Takes the unprocessed conversations of a store in hand, tells of each, and finishes them when its standard input ends:
// process-and-hold.ts STORE [share]. With `share` a command in a process group of its own holds them too.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { EnhancedFileManager } from '../../src/index.ts';
import { statuses } from './processing.ts';

const [storageDir = '', share] = process.argv.slice(2);
const store = new EnhancedFileManager({ storageDir, durability: 'relaxed' });
process.stdin.resume();
const ended = once(process.stdin, 'end');
const results = await store.processAllUnprocessed(async ({ id, shareWith }) => {
  let group: number | undefined;
  if (share) {
    // the shell ends, a child of it goes on
    const command = spawn('sh', ['-c', 'sleep 600 & exec sleep 600'], {
      detached: true,
      stdio: 'ignore',
    });
    command.unref();
    group = command.pid as number;
    await shareWith(group);
  }
  writeSync(1, `${JSON.stringify({ id, group })}\n`);
  await ended;
});
writeSync(1, `${JSON.stringify(statuses(results))}\n`);
