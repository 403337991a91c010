import { BackupManager } from '../../src/index.ts';

// Verifies all backups, and prints how each ended, newest first.

const [backupDir = '', identity = ''] = process.argv.slice(2);
const manager = new BackupManager({ storageDir: backupDir, backupDir });
const results: string[] = [];
for (const { id } of (await manager.listBackups()).backups) {
  results.push(
    await manager.verifyBackup(id, { identities: [identity] }).then(
      () => 'verified',
      (error) => error.code,
    ),
  );
}
process.stdout.write(JSON.stringify(results));
