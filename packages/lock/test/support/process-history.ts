// Takes and gives back one lock, shared and exclusive, and notes when: node process-history.ts <file> <log> <holds> <seed>
//
// Several lanes of it compete. Some holds end with the process stopped, as by a debugger: its parent lets it go on.

import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '@tgstore/testkit';
import { withLock } from '../../src/index.ts';
import { noteDone, noteHeld } from './process-holds.ts';

const [file = '', log = '', holds = '', seed = ''] = process.argv.slice(2);
const random = createRandom(Number(seed));
let left = Number(holds);

async function runLane(): Promise<void> {
  while (left > 0) {
    left -= 1;
    const shared = random.chance(0.7);
    await withLock(file, { shared, timeoutMs: 60_000, operation: 'history' }, async (lock) => {
      const start = process.hrtime.bigint();
      appendFileSync(log, noteHeld(shared, start));
      if (random.chance(0.2)) await sleep(random.next() * 3);
      if (random.chance(0.001)) process.kill(process.pid, 'SIGSTOP');
      lock.assertHeld();
      appendFileSync(log, noteDone(shared, start, process.hrtime.bigint()));
    });
    // others may ask first
    if (random.chance(0.1)) await sleep(random.next() * 2);
  }
}

process.once('message', () => {
  process.disconnect();
  void Promise.all(Array.from({ length: LANES }, runLane));
});
process.send?.('ready');

const LANES = 6;
