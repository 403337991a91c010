// Makes backups of a store, proves them and keeps the newest, until it is killed: back-up.ts STORE SEED LOG
import { writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { createRandom } from '@tgstore/testkit';
import { openBackups } from '../../../src/open-backups.ts';
import { lineWriter } from './lines.ts';

const [storageDir = '', seed, log = ''] = process.argv.slice(2);
const random = createRandom(Number(seed));
const write = lineWriter(log);
const backups = openBackups({ storageDir, durability: 'relaxed', maxBackups: 3 });
writeSync(1, 'ready\n');
for (;;) {
  const { id } = await backups.createBackup();
  await backups.verifyBackup(id);
  await backups.pruneBackups();
  write({ backups: 1 });
  // the machine is for the others too
  await delay(random.int(0, 600));
}
