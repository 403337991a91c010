// Marks conversations as unprocessed until it is killed.

import { hasCode } from '../../has-code.ts';
import { IDS, isFleeting } from '../events.ts';
import { startWorker } from '../worker.ts';

const worker = startWorker();
for (;;) {
  const id = worker.random.pick(IDS);
  worker.begin();
  try {
    await worker.store.markAsUnprocessed(id);
    worker.did('marks');
  } catch (error) {
    if (!isFleeting(id) || !hasCode(error, 'STORE_NOT_FOUND')) throw error;
  }
  await worker.next(100);
}
