export type {
  Backup,
  BackupList,
  BackupManager,
  CreateBackupOptions,
  CreatedBackup,
  PruneOptions,
  RestoreBackupOptions,
  RestoredItem,
  RestoreResult,
  RetentionDecision,
  VerifiedBackup,
} from '@tgstore/backup';
export type { Durability, FileSystem } from '@tgstore/fs';
export type { Liveness, LockInfo, ProcessToken } from '@tgstore/lock';
export type {
  Conversation,
  ConversationInput,
  ConversationStatus,
  FetchMode,
  Id,
  IncomingConversation,
  Message,
  Metadata,
} from '@tgstore/schema';
export type { AutomaticBackupsOptions } from './automatic-backups.ts';
export { AutomaticBackups } from './automatic-backups.ts';
export type { CheckCode, CheckOptions, CheckProblem } from './check.ts';
export type { Config, ConfigOptions, LoadedConfig } from './config.ts';
export { CONFIG_FILES, loadConfig } from './config.ts';
export type {
  ConversationFile,
  FileIdentity,
  MessageLine,
  MessageRange,
} from './conversation-file.ts';
export type { ConversationGuard, HeldGuard } from './conversation-guard.ts';
export type { StoreErrorCode } from './errors.ts';
export { StoreError } from './errors.ts';
export type { ConversationStats, FetchCursor, FileManagerOptions } from './file-manager.ts';
export { FileManager } from './file-manager.ts';
export type {
  ImportFailure,
  ImportOptions,
  StagedImport,
} from './import.ts';
export type { StoredFile } from './layout.ts';
export { decodeId, encodeId } from './layout.ts';
export type { ListedConversation } from './list-metadata.ts';
export type { ListOptions } from './listing.ts';
export type { ConversationLock, LockConversationsOptions } from './lock-conversations.ts';
export {
  breakConversationLock,
  listConversationLocks,
  lockConversations,
} from './lock-conversations.ts';
export type { OpenBackupsOptions } from './open-backups.ts';
export { openBackups } from './open-backups.ts';
export type { BatchOptions, ProcessResult, UnprocessedConversation } from './process.ts';
export { batchProcessFiles } from './process.ts';
export type { ImportedConversation } from './stage-conversation.ts';
