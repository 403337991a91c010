import { setTimeout as delay } from 'node:timers/promises';
import { hold, stop } from './hold.ts';
import type { Order } from './order.ts';

/** Waits for a lock that nobody gives back; resolves to the processor time of that, in percent of one core. */
export async function wait({ lock, path, seconds }: Order & { task: 'wait' }): Promise<number> {
  const waiting = hold({ task: 'hold', lock, path, holdMs: 0 }, () => {});
  await delay(WARM_UP_MS);
  globalThis.gc?.();
  const [start, before] = [performance.now(), process.cpuUsage()];
  await delay(seconds * 1000);
  const { user, system } = process.cpuUsage(before);
  const elapsedMs = performance.now() - start;
  stop(path);
  if (lock === 'ours') await waiting;
  return (user + system) / 10 / elapsedMs;
}

const WARM_UP_MS = 2000;
