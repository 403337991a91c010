// Processes a store again and again until it is killed.
import type { Event } from '../events.ts';
import { loggedWork } from '../logged-work.ts';
import { startWorker } from '../worker.ts';

const worker = startWorker();
const { store, random, options } = worker;
const write = (event: Event): void => {
  if (event.kind === 'end') worker.begin();
  worker.write(event);
};
const work = loggedWork(write, random, { holder: options.holder, fails: 0.1 });
for (;;) {
  const results = await store.processAllUnprocessed(work, {
    backoff: () => 20,
    maxAttempts: 1_000_000,
    retries: random.int(0, 1),
  });
  for (const { status, error } of results.values()) {
    if (status === 'failed' && (error as Error).message !== 'made to fail') throw error;
  }
  await worker.next(20);
}
