// Restores a backup with overwrite, and prints the code of the error: restore.ts STORE ID TIMEOUT
import { openBackups } from '../../src/open-backups.ts';

const [storageDir = '', id = '', timeout] = process.argv.slice(2);
const backups = openBackups({ storageDir, timeoutMs: Number(timeout) });
try {
  await backups.restoreBackup(id, { overwrite: true });
  process.stdout.write('restored\n');
} catch (error) {
  process.stdout.write(`${(error as { code?: string }).code}\n`);
}
