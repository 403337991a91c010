// A process that does what it is told, one order after the other: see protocol.ts.

import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { hasCode } from '../has-code.ts';
import { pretendBoot } from './boot.ts';
import { goOn, inspect } from './inspect.ts';
import type { Order, Said } from './protocol.ts';
import { work } from './work.ts';

let isFirst = true;

createInterface(process.stdin)
  .on('line', (line) => void obey(JSON.parse(line)))
  // whoever watches it is gone
  .once('close', () => process.exit());
say({ type: 'ready' });

async function obey(order: Order): Promise<void> {
  if (order.type === 'inspect') {
    prepare(order.inspect.boot);
    say({ type: 'inspected', inspected: await inspect(order.inspect) });
  } else if (order.type === 'go-on') {
    prepare(order.goOn.boot);
    say({ type: 'inspected', inspected: await goOn(order.goOn) });
  } else {
    prepare(order.work.boot);
    await work(order.work, say);
  }
}

/** A process does not live through two boots. */
function prepare(boot: string): void {
  if (isFirst) pretendBoot(boot);
  isFirst = false;
}

/** At once: what was said of a step before it began must be heard, whenever the process is killed. */
function say(said: Said): void {
  const bytes = Buffer.from(`${JSON.stringify(said)}\n`);
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(1, bytes, written);
    } catch (error) {
      // the pipe is full, and is being read
      if (!hasCode(error, 'EAGAIN')) throw error;
    }
  }
}
