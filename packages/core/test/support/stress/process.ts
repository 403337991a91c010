// Processes a store again and again until it is killed: process.ts STORE SEED LOG
import { writeSync } from 'node:fs';
import { createRandom } from '@tgstore/testkit';
import { EnhancedFileManager } from '../../../src/index.ts';
import { lineWriter } from './lines.ts';
import { loggedWork } from './logged-work.ts';

const [storageDir = '', seed, log = ''] = process.argv.slice(2);
const random = createRandom(Number(seed));
const work = loggedWork(lineWriter(log), random, { holder: Number(seed), fails: 0.1 });
const store = new EnhancedFileManager({ storageDir, durability: 'relaxed', lockTimeoutMs: 60_000 });
writeSync(1, 'ready\n');
for (;;) {
  const results = await store.processAllUnprocessed(work, {
    backoff: () => 20,
    maxAttempts: 1_000_000,
    retries: random.int(0, 1),
  });
  for (const { status, error } of results.values()) {
    if (status === 'failed' && (error as Error).message !== 'made to fail') throw error;
  }
}
