import { writeSync } from 'node:fs';
import { BackupManager } from '../../src/index.ts';

// Begins to verify or restore a backup, says so, and stops in the middle until it is killed.

const [storageDir = '', backupDir = '', what, id = ''] = process.argv.slice(2);
const backups = new BackupManager({ storageDir, backupDir });

function stop(): void {
  writeSync(1, 'in the middle');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

if (what === 'verify') await backups.verifyBackup(id, { onProgress: stop });
else await backups.restoreBackup(id, { overwrite: true, onFile: stop });
