/**
 * Backups of a directory: tar archives that prove themselves.
 *
 * @example
 * ```ts
 * import { mkdir, readFile, writeFile } from 'node:fs/promises';
 * import { BackupManager } from '@tgstore/backup';
 *
 * await mkdir('data');
 * await writeFile('data/notes.json', '{"text":"old"}');
 * const backups = new BackupManager({ storageDir: 'data' });
 * const { id, counts } = await backups.createBackup({ tag: 'pre-update' });
 * await writeFile('data/notes.json', '{"text":"new"}');
 * const { items, preRestore } = await backups.restoreBackup(id, { overwrite: true });
 * console.log(id.slice(16), counts, items[0]?.result, preRestore?.counts.files);
 * console.log(await readFile('data/notes.json', 'utf8'));
 * ```
 *
 * @packageDocumentation
 */

export type { Compression } from './archive-name.ts';
export type { Backup, BackupList } from './backup-directory.ts';
export type { BackupManagerOptions } from './backup-manager.ts';
export { BackupManager } from './backup-manager.ts';
export type {
  BackupContents,
  FileSnapshot,
  PutOptions,
  PutResult,
  RestoredFile,
} from './contents.ts';
export type { CreateBackupOptions, CreatedBackup } from './create-backup.ts';
export { directoryContents } from './directory-contents.ts';
export type { DecryptionOptions, EncryptionOptions } from './encryption.ts';
export type { BackupErrorCode } from './errors.ts';
export { BackupError } from './errors.ts';
export type { BackupCounts, Manifest, ManifestFile } from './manifest.ts';
export type { PruneOptions } from './prune-backups.ts';
export type { RestoreBackupOptions, RestoredItem, RestoreResult } from './restore-backup.ts';
export type { RetentionDecision, RetentionRules } from './retention.ts';
export type { VerifiedBackup, VerifyBackupOptions } from './verify-backup.ts';
