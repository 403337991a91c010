// Marks conversations as unprocessed until it is killed: mark.ts STORE SEED LOG
import { writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { createRandom } from '@tgstore/testkit';
import { EnhancedFileManager } from '../../../src/index.ts';
import { IDS } from './events.ts';
import { lineWriter } from './lines.ts';

const [storageDir = '', seed, log = ''] = process.argv.slice(2);
const random = createRandom(Number(seed));
const write = lineWriter(log);
const store = new EnhancedFileManager({ storageDir, durability: 'relaxed', lockTimeoutMs: 60_000 });
writeSync(1, 'ready\n');
for (;;) {
  const id = random.pick(IDS);
  await store.markAsUnprocessed(id);
  write({ marks: 1 });
  await delay(random.int(0, 400));
}
