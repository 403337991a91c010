// Makes backups of a store, proves them and keeps the newest, until it is killed.
import { startWorker } from '../worker.ts';

const worker = startWorker();
const { backups } = worker.store;
for (;;) {
  worker.begin();
  const { id } = await backups.createBackup();
  await backups.verifyBackup(id);
  await backups.pruneBackups();
  worker.did('backups');
  await worker.next(300);
}
