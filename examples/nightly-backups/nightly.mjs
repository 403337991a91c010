// Backs a store up, encrypted, proves that the backup can be opened, restores it elsewhere to look at it, and removes old ones.
//
//   BACKUP_RECIPIENT=age1… BACKUP_KEY_FILE=key.txt node nightly.mjs STORE BACKUPS
//
// Exit status: 0 done, 1 failed, 2 wrong arguments, 12 the backup is not good, 13 the key does not open it.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { BackupError } from '@tgstore/backup';
import { EnhancedFileManager, FileManager } from '@tgstore/core';

const [storageDir, backupDir] = process.argv.slice(2);
const { BACKUP_RECIPIENT: recipient, BACKUP_KEY_FILE: keyFile } = process.env;
if (!storageDir || !backupDir || !recipient || !keyFile) {
  console.error('usage: BACKUP_RECIPIENT=… BACKUP_KEY_FILE=… node nightly.mjs STORE BACKUPS');
  process.exit(2);
}

try {
  process.exitCode = await nightly();
} catch (error) {
  console.error(`${error.code ?? error.name}  ${error.message}`);
  process.exitCode = exitStatus(error);
}

async function nightly() {
  const keys = (await readFile(keyFile, 'utf8')).match(/^AGE-SECRET-KEY-1\S+/gm);
  if (!keys) throw new Error(`${keyFile} holds no key; age-keygen makes one`);

  const { backups } = new EnhancedFileManager({ storageDir, backupDir });
  const { id, counts } = await backups.createBackup({ recipients: [recipient] });
  await backups.verifyBackup(id, { identities: keys });
  const problems = await tryRestore(backups, id, keys);
  for (const { path, message } of problems) console.error(`${path}: ${message}`);
  if (problems.length > 0) return 12;
  console.log(`${id}  ${counts.files} conversations, ${counts.messages} messages`);

  // only now: what is old goes when what is new is proved
  const decisions = await backups.pruneBackups({ keepDaily: 7, keepWeekly: 4, keepMonthly: 12 });
  for (const { backup, keep } of decisions) if (!keep) console.log(`${backup.id}  removed`);
  return 0;
}

/** Restores into a directory of its own and reads every conversation there; resolves to what is wrong with them. */
async function tryRestore(backups, id, identities) {
  const to = await mkdtemp(join(tmpdir(), 'restore-'));
  try {
    await backups.restoreBackup(id, { to, identities });
    const problems = [];
    for await (const problem of new FileManager({ storageDir: to }).check()) {
      if (problem.severity === 'error') problems.push(problem);
    }
    return problems;
  } finally {
    await rm(to, { recursive: true });
  }
}

function exitStatus(error) {
  if (error.code === 'BACKUP_WRONG_KEY') return 13;
  return error instanceof BackupError ? 12 : 1;
}
