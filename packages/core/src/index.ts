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
export type { ContentChange } from './change-content.ts';
export type { ChangeCounts, IdRange } from './change-log.ts';
export type { CheckCode, CheckOptions, CheckProblem } from './check.ts';
export type { Config, ConfigOptions, LoadedConfig } from './config.ts';
export { CONFIG_FILES, loadConfig } from './config.ts';
export type { ConversationFile, LineBytes } from './conversation-file.ts';
export type { DirectoryEvent, WatchDirectory } from './directory-events.ts';
export type { BatchSaved, EnhancedFileManagerOptions } from './enhanced-file-manager.ts';
export { EnhancedFileManager } from './enhanced-file-manager.ts';
export type { StoreErrorCode } from './errors.ts';
export { StoreError } from './errors.ts';
export type { BundleStream, ExportedFile, ExportFileOptions } from './export-file.ts';
export { chooseForExport, streamBundle } from './export-file.ts';
export type { FailedConversation, ListFailedOptions } from './failed.ts';
export type { ConversationStats, FetchCursor, FileManagerOptions } from './file-manager.ts';
export { FileManager } from './file-manager.ts';
export type { FileIdentity } from './file-snapshot.ts';
export type {
  ImportFailure,
  ImportOptions,
  StagedImport,
} from './import.ts';
export type {
  ImportedFile,
  ImportFileOptions,
  OpenExport,
  OpenExportOptions,
} from './import-file.ts';
export { nameSource, openExportFile, refuseIncomplete } from './import-file.ts';
export type { HeldClaim, StoreReport } from './inspect.ts';
export type { StoredFile } from './layout.ts';
export { decodeId, encodeId } from './layout.ts';
export type { ListedConversation, ListMetadataOptions } from './list-metadata.ts';
export type { ListOptions } from './listing.ts';
export type { ConversationLock, LockConversationsOptions } from './lock-conversations.ts';
export { breakConversationLock, listConversationLocks } from './lock-conversations.ts';
export type { Logger } from './logger.ts';
export type { MatchOptions, TextMatch } from './message-matcher.ts';
export type { MessageRange } from './message-range.ts';
export type { MigratedConversation, MigrateOptions, Migration } from './migrate.ts';
export type { BatchOptions, ProcessResult, UnprocessedConversation } from './process.ts';
export { batchProcessFiles } from './process.ts';
export type {
  ConversationInHand,
  ProcessingContext,
  ProcessingEvent,
  ProcessingResult,
  ProcessOptions,
  Processor,
} from './process-all.ts';
export type { WatchedOptions } from './process-watched.ts';
export type { Changes, HistoryEntry } from './read-changes.ts';
export type { RecoverOptions, Recovery, RecoveryAction } from './recover.ts';
export type { SearchHit, SearchOptions } from './search-messages.ts';
export type { ImportedConversation } from './stage-conversation.ts';
export type { ProcessingFailure } from './state-file.ts';
export type { MessageLine } from './structure-walk.ts';
export { toInstant } from './to-instant.ts';
export type { ConversationEvent, WatchConversationsOptions } from './watch-conversations.ts';
export type { SettledFile, WatchFolderOptions } from './watch-folder.ts';
export { watchFolder } from './watch-folder.ts';
export type { WatchOptions } from './watch-unprocessed.ts';
