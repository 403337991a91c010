/**
 * A store of Telegram conversations on disk: one validated JSON file each, its processing status in the file name.
 *
 * @example
 * ```ts
 * import { EnhancedFileManager } from '@tgstore/core';
 * import { sampleConversation } from '@tgstore/schema';
 *
 * const store = new EnhancedFileManager({ storageDir: 'chats' });
 * const { added, status } = await store.mergeConversation(sampleConversation());
 * console.log(added, status);
 * const count = async (conversation, { changes }) => {
 *   let messages = 0;
 *   for await (const message of conversation.changedMessages()) messages += 1;
 *   return `${messages} messages, everything: ${changes.everything}`;
 * };
 * console.log((await store.processAllUnprocessed(count)).get('12345').value);
 * await store.appendMessages('12345', [{ id: 104, text: 'One more', date: '2023-11-16T08:00:00Z' }]);
 * console.log((await store.processAllUnprocessed(count)).get('12345').value);
 * console.log(await store.getConversationStats());
 * ```
 *
 * @packageDocumentation
 */

export type {
  Backup,
  BackupCounts,
  BackupErrorCode,
  BackupList,
  BackupManager,
  Compression,
  CreateBackupOptions,
  CreatedBackup,
  DecryptionOptions,
  EncryptionOptions,
  ManifestFile,
  PruneOptions,
  PutResult,
  RestoreBackupOptions,
  RestoredItem,
  RestoreResult,
  RetentionDecision,
  RetentionRules,
  VerifiedBackup,
  VerifyBackupOptions,
} from '@tgstore/backup';
export { BackupError } from '@tgstore/backup';
export type {
  ExportReader,
  FormatErrorCode,
  ReadOptions,
  ReadReport,
  ReadStop,
  RepairKind,
  SkippedItem,
} from '@tgstore/formats';
export { FormatError } from '@tgstore/formats';
export type { Durability, FileHandleLike, FileSystem, FsErrorCode } from '@tgstore/fs';
export { FsError } from '@tgstore/fs';
export type {
  Liveness,
  LockErrorCode,
  LockInfo,
  ProcessToken,
} from '@tgstore/lock';
export { LockError } from '@tgstore/lock';
export type {
  Conversation,
  ConversationInput,
  ConversationStatus,
  FetchMode,
  Id,
  IncomingConversation,
  Message,
  Metadata,
  Problem,
  SchemaErrorCode,
} from '@tgstore/schema';
export { SchemaError } from '@tgstore/schema';
export type { ContentChange } from './change-content.ts';
export type { ChangeCounts, IdRange } from './change-log.ts';
export type { CheckCode, CheckOptions, CheckProblem } from './check.ts';
export type { Config, ConfigOptions, LoadedConfig } from './config.ts';
export { CONFIG_FILES, loadConfig } from './config.ts';
export type { ContentVersion } from './content-version.ts';
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
export type { CommitOptions, ImportFailure, ImportOptions, StagedImport } from './import.ts';
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
export type { ConversationLock } from './lock-conversations.ts';
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
export type { TgstoreError } from './tgstore-error.ts';
export { isTgstoreError } from './tgstore-error.ts';
export { toInstant } from './to-instant.ts';
export type { ConversationEvent, WatchConversationsOptions } from './watch-conversations.ts';
export type { SettledFile, WatchFolderOptions } from './watch-folder.ts';
export { watchFolder } from './watch-folder.ts';
export type { WatchOptions } from './watch-unprocessed.ts';
