// EnhancedFileManager keeps all promises of docs/guarantees.md, among any number of processes that use it. Beyond those of FileManager:
// 4. Two processes that change one conversation never lose an update.
// 5. A conversation is marked processed only if its content is what the processor was given.
// 6. A conversation is in the hands of at most one processor at a time.
// 9. Restoring never destroys.

import type {
  BackupList,
  BackupManager,
  CreateBackupOptions,
  CreatedBackup,
  RestoreBackupOptions,
  RestoreResult,
} from '@tgstore/backup';
import { nodeFileSystem } from '@tgstore/fs';
import type { LockInfo } from '@tgstore/lock';
import {
  type Conversation,
  type ConversationInput,
  type FetchMode,
  filterConversations,
  type Id,
  type IncomingConversation,
  type Message,
  type Metadata,
  validateConversation,
} from '@tgstore/schema';
import { AutomaticBackups } from './automatic-backups.ts';
import { type ContentChange, changeContent } from './change-content.ts';
import { changeConversation } from './change-conversation.ts';
import { addIn, mergeIn, putIn, sourceOf } from './content-source.ts';
import type { HeldGuard } from './conversation-guard.ts';
import { deleteConversation } from './delete-conversation.ts';
import { deleteIn } from './delete-messages.ts';
import { each } from './each.ts';
import { alreadyExists } from './errors.ts';
import { type ExportedFile, type ExportFileOptions, exportFile } from './export-file.ts';
import { type FailedConversation, type ListFailedOptions, listFailed } from './failed.ts';
import { FileManager, type FileManagerOptions } from './file-manager.ts';
import type { FileIdentity } from './file-snapshot.ts';
import { type ImportOptions, type RunCommit, type StagedImport, stageImport } from './import.ts';
import { type ImportedFile, type ImportFileOptions, importFile } from './import-file.ts';
import { inspectStore, type StoreReport } from './inspect.ts';
import type { StoredFile } from './layout.ts';
import { spliceMessages, spliceTombstones } from './line-changes.ts';
import type { ListedConversation, ListMetadataOptions } from './list-metadata.ts';
import { lockConversations } from './lock-conversations.ts';
import { type Logger, silent } from './logger.ts';
import { markProcessed, markUnprocessed } from './mark.ts';
import { mendStore } from './mend-store.ts';
import { type MigrateOptions, type Migration, migrateStore } from './migrate.ts';
import { openBackups } from './open-backups.ts';
import {
  type ProcessingResult,
  type ProcessOptions,
  type Processor,
  processAll,
} from './process-all.ts';
import { processWatched, type WatchedOptions } from './process-watched.ts';
import { type Changes, type HistoryEntry, readChanges, readHistory } from './read-changes.ts';
import { type RecoverOptions, type Recovery, recoverStore } from './recover.ts';
import { StoreDirectory } from './store-directory.ts';
import { validMessages } from './valid-messages.ts';
import {
  type ConversationEvent,
  type WatchConversationsOptions,
  watchConversations,
} from './watch-conversations.ts';
import { type WatchOptions, watchUnprocessed } from './watch-unprocessed.ts';

/** Options of {@link EnhancedFileManager}. */
export interface EnhancedFileManagerOptions extends FileManagerOptions {
  /** How long a change waits for other processes, in milliseconds. @default 10_000 */
  readonly lockTimeoutMs?: number | undefined;
  /** Called once for a conversation after half a second of waiting, with who has it. */
  readonly onWait?: ((id: string, holder: LockInfo) => void) | undefined;
  /** Allows stores on NFS, SMB, FUSE and the like, where locks may not hold. @default false */
  readonly allowNetworkFileSystem?: boolean | undefined;
  /** Makes a backup before the first change after each `backupFrequencyHours`. @default false */
  readonly backupEnabled?: boolean | undefined;
  /** Hours between automatic backups. @default 24 */
  readonly backupFrequencyHours?: number | undefined;
  /** How many automatic backups are kept. @default 5 */
  readonly maxBackups?: number | undefined;
  /** Where backups are. @default `backups` in `storageDir` */
  readonly backupDir?: string | undefined;
  /**
   * Conversation files from this size on, in bytes, are appended to in place; smaller ones are written anew, which takes fewer
   * syncs. At least 256 KiB. @default 1 MiB
   */
  readonly appendInPlaceFrom?: number | undefined;
  /** Told what is mended, taken over and backed up; pino and console fit. @default silent */
  readonly logger?: Logger | undefined;
}

/** What became of many conversations that were saved. */
export interface BatchSaved {
  /** Ids that were saved. */
  readonly saved: readonly string[];
  /** Ids that the fetch mode does not take. */
  readonly skipped: readonly string[];
  /** Those that could not be saved. */
  readonly failed: readonly {
    /** Its id; `undefined` where the input names none. */
    readonly id: string | undefined;
    /** Why. */
    readonly error: unknown;
  }[];
}

/**
 * A {@link FileManager} for any number of processes: every change is made under a lock of its conversation, what changed is
 * logged, and what is unprocessed is handed to one processor at a time. Reads take no lock.
 *
 * @example
 * const store = new EnhancedFileManager({ storageDir: 'chats' });
 * await store.mergeConversation(sampleConversation());
 * await store.processAllUnprocessed(async (conversation, { changes }) => {
 *   for await (const message of conversation.changedMessages()) await index(message);
 *   for (const messageId of changes.deleted) await forget(messageId);
 * });
 */
export class EnhancedFileManager extends FileManager implements AsyncDisposable {
  readonly #store: StoreDirectory;
  readonly #backups: BackupManager;
  readonly #automatic: AutomaticBackups | undefined;
  readonly #logger: Logger;
  readonly #inFlight = new Set<Promise<unknown>>();
  #mended: Promise<void> | undefined;

  constructor({
    lockTimeoutMs: timeoutMs,
    onWait,
    allowNetworkFileSystem,
    backupEnabled = false,
    backupFrequencyHours: frequencyHours,
    maxBackups,
    backupDir,
    appendInPlaceFrom,
    logger = silent,
    ...options
  }: EnhancedFileManagerOptions) {
    super(options);
    const { storageDir, durability = 'full', fileSystem = nodeFileSystem } = options;
    const locks = { timeoutMs, onWait, allowNetworkFileSystem };
    const guard = lockConversations(storageDir, locks);
    this.#store = new StoreDirectory(storageDir, {
      durability,
      fileSystem,
      guard,
      appendInPlaceFrom,
    });
    this.#logger = logger;
    const disk = { storageDir: this.#store.path, durability, fileSystem };
    this.#backups = openBackups({ ...disk, ...locks, backupDir, maxBackups });
    this.#automatic = backupEnabled
      ? new AutomaticBackups({
          ...disk,
          backups: this.#backups,
          frequencyHours,
          allowNetworkFileSystem,
          onError: (error) => logger.error({ error }, 'the automatic backup failed'),
        })
      : undefined;
  }

  /** Waits for what is being done; the store can be used again after it. */
  async close(): Promise<void> {
    // what is waited for may begin more
    while (this.#inFlight.size > 0) await Promise.allSettled(this.#inFlight);
  }

  /** As {@link EnhancedFileManager.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /**
   * Saves a conversation and returns its path, after it is durable. With `force` it takes the place of what is there: what is not
   * in it is gone. One that is saved as it is already stays as it is, its status too.
   *
   * @throws {@link StoreError} `STORE_EXISTS` without `force`, `STORE_INVALID_ID`
   * @throws {@link SchemaError} `SCHEMA_INVALID` with the paths of the first ten problems
   * @throws {@link LockError} `LOCK_TIMEOUT`, as every change
   */
  override async saveConversation(
    conversation: ConversationInput,
    { force = false }: { readonly force?: boolean | undefined } = {},
  ): Promise<string> {
    return await this.#save(validateConversation(conversation), force);
  }

  async #save(valid: Conversation, force: boolean): Promise<string> {
    const id = valid.metadata.conversation_id;
    return await this.#change(id, 'save', async (held, found) => {
      if (found && !force) throw alreadyExists(id, found.path);
      const source = sourceOf(valid);
      const { isNew } = await changeContent(this.#store, id, held, {
        found,
        operation: 'save',
        rewrite: (rewriting) => putIn(rewriting, source),
      });
      if (isNew) return this.#store.layout.file(id, 'unprocessed').path;
      return (await this.#store.findOrFail(id)).path;
    });
  }

  /**
   * Adds messages to a conversation; of two with one id `mergeMessage` of `@tgstore/schema` keeps one. It becomes unprocessed if
   * that changes a message.
   *
   * @throws {@link StoreError} `STORE_NOT_FOUND`, `STORE_ID_CONFLICT`
   * @throws {@link SchemaError} `SCHEMA_INVALID`
   */
  async appendMessages(id: string, messages: Iterable<Message>): Promise<ContentChange> {
    const valid = validMessages(id, messages);
    return await this.#changeExisting(id, 'append', (held, found) =>
      changeContent(this.#store, id, held, {
        found,
        operation: 'append',
        splice: (existing) => spliceMessages(existing, valid),
        rewrite: (rewriting) => addIn(rewriting, valid),
      }),
    );
  }

  /**
   * Merges a conversation into the store, or saves it where it is new: any number of overlapping ones, merged in any order,
   * end in the same messages. It becomes unprocessed if that changes a message.
   *
   * @throws {@link StoreError} `STORE_ID_CONFLICT`, `STORE_INVALID_ID`
   * @throws {@link SchemaError} `SCHEMA_INVALID`
   */
  async mergeConversation(conversation: ConversationInput): Promise<ContentChange> {
    const valid = validateConversation(conversation);
    const source = sourceOf(valid);
    return await this.#change(
      valid.metadata.conversation_id,
      'merge',
      async (held, found) =>
        await changeContent(this.#store, valid.metadata.conversation_id, held, {
          found,
          operation: 'merge',
          splice: (existing) => spliceMessages(existing, valid.messages, source),
          rewrite: (rewriting) => mergeIn(rewriting, source),
        }),
    );
  }

  /**
   * Leaves tombstones in the place of messages, which nothing that is merged later revives. Ids that are not there change
   * nothing.
   *
   * @throws {@link StoreError} `STORE_NOT_FOUND`
   */
  async deleteMessages(id: string, messageIds: Iterable<Id>): Promise<ContentChange> {
    const keys = new Set([...messageIds].map(String));
    return await this.#changeExisting(id, 'delete', (held, found) =>
      changeContent(this.#store, id, held, {
        found,
        operation: 'delete',
        splice: (existing) => spliceTombstones(existing, keys),
        rewrite: (rewriting) => deleteIn(rewriting, keys),
      }),
    );
  }

  /** Saves conversations that the fetch mode takes, several at a time. One that fails does not stop the others. */
  async batchSaveConversations(
    conversations: Iterable<ConversationInput>,
    {
      fetchMode = 'all',
      force = false,
    }: { readonly fetchMode?: FetchMode | undefined; readonly force?: boolean | undefined } = {},
  ): Promise<BatchSaved> {
    const saved: string[] = [];
    const skipped: string[] = [];
    const failed: { id: string | undefined; error: unknown }[] = [];
    const save = async (conversation: ConversationInput): Promise<void> => {
      const { conversation_id } = (conversation?.metadata ?? {}) as Partial<Metadata>;
      const id = conversation_id === undefined ? undefined : String(conversation_id);
      try {
        const valid = validateConversation(conversation);
        if (filterConversations([valid], fetchMode).length === 0) {
          skipped.push(valid.metadata.conversation_id);
          return;
        }
        await this.#save(valid, force);
        saved.push(valid.metadata.conversation_id);
      } catch (error) {
        failed.push({ id, error });
      }
    };
    await this.#run(() => each(conversations, save));
    return { saved, skipped, failed };
  }

  /** The stored conversations that a fetch mode takes, in the order of their ids. */
  async *filterByConversationType(
    fetchMode: FetchMode,
    options: ListMetadataOptions = {},
  ): AsyncGenerator<ListedConversation> {
    for await (const listed of this.listMetadata(options)) {
      const { metadata } = listed;
      if (metadata && filterConversations([{ metadata }], fetchMode).length > 0) yield listed;
    }
  }

  /**
   * Marks a conversation as processed and returns its path; with `unchangedSince` only if its file is still the one that was
   * processed.
   *
   * @throws {@link StoreError} `STORE_NOT_FOUND`, `STORE_CHANGED`, `STORE_INVALID_FILE`
   */
  override async markAsProcessed(
    id: string,
    { unchangedSince }: { readonly unchangedSince?: FileIdentity | undefined } = {},
  ): Promise<string> {
    return await this.#changeExisting(id, 'mark', (held, found) =>
      markProcessed(this.#store, found, held, unchangedSince),
    );
  }

  /**
   * Marks a conversation as unprocessed and returns its path: all of it will be handed over again.
   *
   * @throws {@link StoreError} `STORE_NOT_FOUND`
   */
  override async markAsUnprocessed(id: string): Promise<string> {
    return await this.#changeExisting(id, 'mark', (held, found) =>
      markUnprocessed(this.#store, found, held),
    );
  }

  /**
   * Deletes a conversation, what is known of its changes, and its state.
   *
   * @throws {@link StoreError} `STORE_NOT_FOUND`
   */
  override async deleteConversation(id: string): Promise<void> {
    await this.#run(async () => {
      await this.#store.findOrFail(id);
      await this.#beforeChange();
      // under all its names, also where they can't be merged
      await this.#store.change(id, 'delete', (held) => deleteConversation(this.#store, id, held));
    });
  }

  /**
   * What changed since a revision; without one, and where the log does not reach back to it, everything. A revision is the number
   * that the metadata have as `revision`, or their `revision_id`: numbers come again after a restore or a deletion, ids do not.
   */
  async changes(
    id: string,
    { sinceRevision }: { readonly sinceRevision?: number | string | undefined } = {},
  ): Promise<Changes> {
    await using file = await this.#store.open(id);
    return await readChanges(this.#store, id, sinceRevision, file);
  }

  /** What happened to a message, or to each that was edited or deleted, the earliest first, with the message before. */
  async *history(id: string, messageId?: Id): AsyncGenerator<HistoryEntry> {
    await using file = await this.#store.open(id);
    const key = messageId === undefined ? undefined : String(messageId);
    yield* readHistory(this.#store, id, key, file);
  }

  /**
   * Hands every unprocessed conversation to `work`, several at a time, and marks it as processed when that returns and nothing
   * has changed meanwhile; what has changed is handed over again. Each is in one pair of hands among all processes. One that
   * fails does not stop the others; it is tried again later. Resolves to what became of each.
   */
  async processAllUnprocessed<T>(
    work: Processor<T>,
    options: ProcessOptions<T> = {},
  ): Promise<Map<string, ProcessingResult<T>>> {
    return await this.#run(async () => {
      await this.#beforeChange();
      return await processAll(this.#store, this.#backUpBefore(work), options);
    });
  }

  /**
   * Hands conversations to `work` as they become unprocessed, and those that failed when their next attempt comes, until
   * `drainSignal` or `signal` is aborted.
   */
  async processAsTheyCome<T>(work: Processor<T>, options: WatchedOptions<T>): Promise<void> {
    await this.#run(() => processWatched(this.#store, this.#backUpBefore(work), options));
  }

  /** Unprocessed conversations whose processing failed, in the order of their ids. */
  listFailed(options: ListFailedOptions = {}): AsyncGenerator<FailedConversation> {
    return listFailed(this.#store, options);
  }

  /**
   * Yields the id of each unprocessed conversation: those that are there, then each that appears or changes, whoever wrote it.
   * Ends when `signal` is aborted.
   */
  watchUnprocessed(options: WatchOptions = {}): AsyncGenerator<string> {
    return watchUnprocessed(this.#store, options);
  }

  /**
   * Yields each conversation that comes, changes, changes its status or goes from now on, whoever did it; see `onReady` for when
   * that is. Ends when `signal` is aborted.
   */
  watchConversations(options: WatchConversationsOptions = {}): AsyncGenerator<ConversationEvent> {
    return watchConversations(this.#store, options);
  }

  /** Everything about backups. */
  get backups(): BackupManager {
    return this.#backups;
  }

  /** Makes a backup that is never pruned; see `BackupManager.createBackup`. */
  async createManualBackup({
    tag = 'manual',
    ...options
  }: CreateBackupOptions = {}): Promise<CreatedBackup> {
    return await this.#run(() => this.#backups.createBackup({ tag, ...options }));
  }

  /** The backups, the newest first, and what else is in their directory. */
  async listBackups(): Promise<BackupList> {
    return await this.#backups.listBackups();
  }

  /**
   * Puts conversations back as a backup has them, each under its lock. What is replaced is archived first; see
   * `BackupManager.restoreBackup`.
   */
  async restoreBackup(id: string, options: RestoreBackupOptions = {}): Promise<RestoreResult> {
    return await this.#run(() => this.#backups.restoreBackup(id, options));
  }

  /** Writes conversations with their status to a bundle: one JSON document. */
  async exportConversationsToJson(
    path: string,
    options: ExportFileOptions = {},
  ): Promise<ExportedFile> {
    return await this.#run(() => exportFile(this, path, options));
  }

  /**
   * Merges a bundle or an export of Telegram Desktop into the store, in bounded memory; new conversations keep the status that
   * a bundle gives them.
   *
   * @throws {@link FormatError} where it is no export, or cut off
   */
  async importConversationsFromJson(
    path: string,
    options: ImportFileOptions = {},
  ): Promise<ImportedFile> {
    return await this.#run(() => importFile(this, path, options));
  }

  /**
   * Reads conversations into temporary files and says what each would change; nothing in the store changes before
   * {@link StagedImport.commit}.
   */
  async stageImport(
    incoming: AsyncIterable<IncomingConversation>,
    options: ImportOptions = {},
  ): Promise<StagedImport> {
    const runCommit: RunCommit = async (commit) =>
      await this.#run(async () => {
        await this.#beforeChange();
        return await commit();
      });
    return await stageImport(this.#store, incoming, { ...options, runCommit });
  }

  /** What an operator asks first: versions, disk, names, locks, claims, backups. Reads no conversation. */
  async inspect(): Promise<StoreReport> {
    return await inspectStore(this.#store, this.#backups);
  }

  /** Mends what can be mended and moves what can't out of the way, losing nothing. */
  async recover(options: RecoverOptions = {}): Promise<Recovery> {
    return await this.#run(async () => {
      if (!options.dryRun) await this.#automatic?.beforeChange();
      return await recoverStore(this.#store, options);
    });
  }

  /** Gives every file the name and the layout that this release writes, as its next change would. */
  async migrate(options: MigrateOptions = {}): Promise<Migration> {
    return await this.#run(async () => {
      if (!options.dryRun) await this.#automatic?.beforeChange();
      return await migrateStore(this.#store, options);
    });
  }

  async #change<T>(
    id: string,
    operation: string,
    change: (held: HeldGuard, found: StoredFile | undefined) => Promise<T>,
  ): Promise<T> {
    // what can be no name is refused before anything is made
    this.#store.layout.lockPath(id);
    return await this.#run(async () => {
      await this.#beforeChange();
      return await changeConversation(this.#store, id, operation, change);
    });
  }

  /** As {@link #change}; where there is no such conversation, nothing is made. */
  async #changeExisting<T>(
    id: string,
    operation: string,
    change: (held: HeldGuard, found: StoredFile) => Promise<T>,
  ): Promise<T> {
    return await this.#run(async () => {
      await this.#store.findOrFail(id);
      await this.#beforeChange();
      return await changeConversation(
        this.#store,
        id,
        operation,
        async (held, found) => await change(held, found ?? (await this.#store.findOrFail(id))),
      );
    });
  }

  async #beforeChange(): Promise<void> {
    this.#mended ??= mendStore(this.#store, this.#logger);
    try {
      await this.#mended;
    } catch (error) {
      this.#mended = undefined;
      throw error;
    }
    await this.#automatic?.beforeChange();
  }

  /** For those who work for days. */
  #backUpBefore<T>(work: Processor<T>): Processor<T> {
    return async (conversation, context) => {
      await this.#automatic?.beforeChange();
      return await work(conversation, context);
    };
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    const running = work();
    this.#inFlight.add(running);
    try {
      return await running;
    } finally {
      this.#inFlight.delete(running);
    }
  }
}
