import { writeSync } from 'node:fs';
import { BackupManager } from '../../src/index.ts';

// Restores a backup, and says when it begins and when it is done.

const [storageDir = '', backupDir = '', id = ''] = process.argv.slice(2);
writeSync(1, 'begun');
await new BackupManager({ storageDir, backupDir }).restoreBackup(id, { overwrite: true });
writeSync(1, 'done');
