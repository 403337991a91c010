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
