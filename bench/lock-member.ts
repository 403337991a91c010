// One process of the crew of lock.ts, see lock/crew.ts.

import { compete } from './lock/compete.ts';
import { hold, stop } from './lock/hold.ts';
import type { Order, Report } from './lock/order.ts';
import { wait } from './lock/wait.ts';

process.on('message', (order: Order) => void carryOut(order));
process.on('disconnect', () => process.exit());
report({ kind: 'ready' });

async function carryOut(order: Order): Promise<void> {
  if (order.task === 'stop') return stop(order.path);
  if (order.task === 'hold') return await hold(order, report);
  report(
    order.task === 'wait'
      ? { kind: 'waited', cpuPercent: await wait(order) }
      : { kind: 'competed', ...(await compete(order)) },
  );
}

function report(report: Report): void {
  process.send?.(report);
}
