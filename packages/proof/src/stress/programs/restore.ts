// Lets a backup take the place of one conversation now and then, until it is killed.

import { hasCode } from '../../has-code.ts';
import { IDS, isRestored } from '../events.ts';
import { startWorker } from '../worker.ts';

const worker = startWorker();
const { store, random } = worker;
const only = IDS.filter(isRestored);
for (;;) {
  // what a restore keeps has a tag
  const made = (await store.listBackups()).backups.filter(({ tag }) => tag === undefined);
  if (made.length > 0) await restore(random.pick(made).id);
  await worker.next(300);
}

async function restore(id: string): Promise<void> {
  worker.begin();
  try {
    await store.restoreBackup(id, { overwrite: true, only });
    worker.did('restores');
  } catch (error) {
    // pruned meanwhile
    if (!hasCode(error, 'BACKUP_NOT_FOUND')) throw error;
  }
}
