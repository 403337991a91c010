// Recovers stores, one after the other, until it is killed: recover-all.ts STORE…
import { writeSync } from 'node:fs';
import { EnhancedFileManager } from '../../src/index.ts';

writeSync(1, 'begin\n');
for (const storageDir of process.argv.slice(2)) {
  await using store = new EnhancedFileManager({ storageDir });
  await store.recover({ minAgeMs: 0 });
}
