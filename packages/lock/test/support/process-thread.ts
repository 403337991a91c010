// A thread that takes a lock and comes to an end, or counts under a lock together with others.

import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { FileSystemLock, withLock } from '../../src/index.ts';
import type { ThreadTask } from './process-worker.ts';

/** Shared by all threads that count: the count, how many are inside, how often another one was found there. */
type Numbers = Int32Array<SharedArrayBuffer>;

async function hold({ path, ending }: ThreadTask & { task: 'hold' }): Promise<void> {
  await FileSystemLock.acquire(path, { operation: 'in a thread' });
  // it lives until then
  setInterval(() => {}, 60_000);
  parentPort?.postMessage('held');
  if (ending === 'exit') setTimeout(() => process.exit(0));
  if (ending === 'throw') setTimeout(raise);
}

function raise(): never {
  throw new Error('nobody catches this');
}

async function count(
  { path, share }: ThreadTask & { task: 'count' },
  numbers: Numbers,
): Promise<void> {
  for (let counted = 0; counted < share; counted += 1) {
    await withLock(path, async () => {
      if (Atomics.add(numbers, 1, 1) > 0) Atomics.add(numbers, 2, 1);
      const before = numbers[0] ?? 0;
      // long enough for others to come in, if they could
      await sleep(2);
      numbers[0] = before + 1;
      Atomics.sub(numbers, 1, 1);
    });
  }
}

const task = workerData as ThreadTask & { readonly numbers: Numbers };
await (task.task === 'hold' ? hold(task) : count(task, task.numbers));
