import { deepEqual, equal, rejects } from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { BackupError, BackupManager } from '@tgstore/backup';

mkdirSync('data');
writeFileSync('data/notes.json', '{"text":"old"}');
const backups = new BackupManager({ storageDir: 'data' });
const { id, counts } = await backups.createBackup({ tag: 'before' });
equal(counts.files, 1);
equal((await backups.verifyBackup(id)).counts.files, 1);
writeFileSync('data/notes.json', '{"text":"new"}');
const { items } = await backups.restoreBackup(id, { overwrite: true });
deepEqual([items.length, items[0]?.result], [1, 'replaced']);
equal(readFileSync('data/notes.json', 'utf8'), '{"text":"old"}');
// what the restore replaced has a backup of its own
equal((await backups.listBackups()).backups.length, 2);
const sealed = await backups.createBackup({ passphrase: 'correct horse' });
await rejects(
  backups.verifyBackup(sealed.id, { passphrase: 'wrong' }),
  (error) => error instanceof BackupError,
);
equal((await backups.verifyBackup(sealed.id, { passphrase: 'correct horse' })).counts.files, 1);
