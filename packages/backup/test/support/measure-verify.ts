import { BackupManager } from '../../src/index.ts';

// Verifies a backup, and prints how that ended, how long it took and how much the memory grew meanwhile.

const [backupDir = '', id = ''] = process.argv.slice(2);
const backups = new BackupManager({ storageDir: backupDir, backupDir });
const before = process.resourceUsage().maxRSS;
const began = performance.now();
const code = await backups.verifyBackup(id).then(
  () => 'verified',
  (error) => error.code,
);
const grownBy = (process.resourceUsage().maxRSS - before) * 1024;
const milliseconds = performance.now() - began;
process.stdout.write(JSON.stringify({ code, grownBy, milliseconds }));
