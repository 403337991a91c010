// Waits for a line on its standard input, then processes a store once and logs each begin and end:
// process-and-log.ts STORE LOG
import { once } from 'node:events';
import { openSync, writeSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { EnhancedFileManager } from '../../src/index.ts';
import { statuses } from './processing.ts';

const [storageDir = '', log = ''] = process.argv.slice(2);
const store = new EnhancedFileManager({ storageDir, durability: 'relaxed', lockTimeoutMs: 60_000 });
// the order of the lines is the order of the writes of all processes
const file = openSync(log, 'a');
writeSync(1, 'ready\n');
await once(process.stdin, 'data');
const results = await store.processAllUnprocessed(async ({ id }) => {
  writeSync(file, `begin ${id}\n`);
  for (let turns = 0; turns < 5; turns += 1) await turn();
  writeSync(file, `end ${id}\n`);
});
writeSync(1, `${JSON.stringify(statuses(results))}\n`);
process.stdin.destroy();
