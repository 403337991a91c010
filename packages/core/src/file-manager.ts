// FileManager is for a single writer. It keeps promises 1, 2, 3, 7 and 8 of docs/guarantees.md:
// 1. A save that has returned survives power loss.
// 2. At every instant each conversation is one whole, valid state.
// 3. A reader never sees a part of a write, and takes no lock.
// 7. Nothing outside the store directory is written.
// 8. Bad input gives a coded error and changes nothing.

import {
  atomicWrite,
  type Durability,
  type FileSystem,
  nodeFileSystem,
  removeDurably,
} from '@tgstore/fs';
import {
  type Conversation,
  type ConversationInput,
  type ConversationStatus,
  conversationChunks,
  type Id,
  type Message,
  MessageSummary,
  type Metadata,
  summarize,
  updateMetadata,
  validateConversation,
} from '@tgstore/schema';
import { type CheckOptions, type CheckProblem, checkStore } from './check.ts';
import type { ConversationFile } from './conversation-file.ts';
import { unguarded } from './conversation-guard.ts';
import { alreadyExists, hasCode, StoreError } from './errors.ts';
import type { FileIdentity } from './file-snapshot.ts';
import type { StoredFile } from './layout.ts';
import {
  findFiles,
  type ListedConversation,
  type ListMetadataOptions,
  listMetadata,
} from './list-metadata.ts';
import { hasStatus, type ListOptions } from './listing.ts';
import type { MessageRange } from './message-range.ts';
import { newRevision } from './revision.ts';
import { type SearchHit, type SearchOptions, searchMessages } from './search-messages.ts';
import { StoreDirectory } from './store-directory.ts';

/** Options of {@link FileManager}. */
export interface FileManagerOptions {
  /** The directory of the store; made at the first write. */
  readonly storageDir: string;
  /** `'relaxed'` skips the syncs: faster, and a power cut may lose the last writes. @default 'full' */
  readonly durability?: Durability | undefined;
  /** The calls that reach the disk; tests watch and fail them. @default nodeFileSystem */
  readonly fileSystem?: FileSystem | undefined;
}

/** How many conversations wait and how many are done. */
export interface ConversationStats {
  /** Conversations that are processed. */
  readonly processedCount: number;
  /** Conversations that wait. */
  readonly unprocessedCount: number;
  /** Both. */
  readonly totalCount: number;
}

/** From where an incremental fetch goes on. */
export interface FetchCursor {
  /** The message behind which the next fetch begins. */
  readonly lastMessageId: string;
  /** ISO 8601, UTC. */
  readonly lastMessageDate: string | undefined;
}

/**
 * Conversations in a directory: one validated JSON file each, the processing status in its name. Writes are atomic and
 * durable, for a single writer; readers may be any number.
 *
 * @example
 * const files = new FileManager({ storageDir: 'chats' });
 * await files.saveConversation(sampleConversation());
 * await files.listConversations({ processed: false }); // ['12345']
 * await files.markAsProcessed('12345');
 */
export class FileManager {
  readonly #store: StoreDirectory;

  constructor({
    storageDir,
    durability = 'full',
    fileSystem = nodeFileSystem,
  }: FileManagerOptions) {
    if (!storageDir) throw new TypeError('storageDir must be the path of a directory');
    this.#store = new StoreDirectory(storageDir, {
      durability,
      fileSystem,
      guard: unguarded,
    });
  }

  /** Absolute path of the store. */
  get storageDir(): string {
    return this.#store.path;
  }

  /**
   * Saves a conversation under the unprocessed name and returns its path, after it is durable. Counts, last id and date,
   * revision and time of update are set anew; everything else is kept as it is given.
   *
   * @throws {@link StoreError} `STORE_EXISTS` without `force`, `STORE_INVALID_ID`, `STORE_NEEDS_RECOVERY`
   * @throws {@link SchemaError} `SCHEMA_INVALID` with the paths of the first ten problems
   */
  async saveConversation(
    conversation: ConversationInput,
    { force = false }: { readonly force?: boolean | undefined } = {},
  ): Promise<string> {
    const valid = validateConversation(conversation);
    const { conversation_id: id } = valid.metadata;
    const target = this.#store.layout.file(id, 'unprocessed');
    return await this.#store.change(id, 'save', async ({ assertHeld }) => {
      const existing = await this.#store.find(id);
      if (existing && !force) throw alreadyExists(id, existing.path);
      await this.#store.refuseWhereInterrupted(id);
      await this.#store.prepareToWrite();
      const revision = existing ? await this.#revisionOf(existing) : 0;
      const content = stamp(valid, revision + 1);
      if (existing) await this.#store.confirmAppendsTo(existing.path);
      assertHeld();
      // content changes only under the unprocessed name, and at no instant stand two files for one conversation
      if (existing && existing.path !== target.path) await this.#store.rename(existing, target);
      await this.#write(target.path, content, { exclusive: !existing, beforePublish: assertHeld });
      return target.path;
    });
  }

  /**
   * Reads and validates one conversation.
   *
   * @throws {@link StoreError} `STORE_NOT_FOUND`, `STORE_INVALID_FILE`; `STORE_NOT_UNPROCESSED` when `requireUnprocessed`
   * is set and it is processed.
   */
  async loadConversation(
    id: string,
    { requireUnprocessed = false }: { readonly requireUnprocessed?: boolean | undefined } = {},
  ): Promise<Conversation> {
    await using file = await this.#store.open(id, ({ status, path }) => {
      if (!requireUnprocessed || status === 'unprocessed') return;
      const message = `conversation ${id} is processed; mark it unprocessed to have it again`;
      throw new StoreError('STORE_NOT_UNPROCESSED', path, message);
    });
    return await file.load();
  }

  /** The metadata of one conversation; only the end of its file is read. */
  async readMetadata(id: string): Promise<Metadata> {
    await using file = await this.#store.open(id);
    return await file.readMetadata();
  }

  /** Streams messages in order, from one snapshot and in bounded memory. */
  async *readMessages(id: string, range: MessageRange = {}): AsyncGenerator<Message> {
    await using file = await this.#store.open(id);
    yield* file.messages(range);
  }

  /**
   * Streams the messages whose text has `query`: a text in any case, or a regular expression. Conversations come in the order
   * of their ids, messages in theirs, each as soon as it is found; the bytes are scanned, and only what may match is parsed.
   *
   * @throws TypeError at once for an empty text, a bad date or a bad `context`
   * @throws {@link StoreError} `STORE_NOT_FOUND` for one of `ids`; after the last hit, what a conversation can't be read for, or an
   * `AggregateError` for several, unless `onUnreadable` is told
   *
   * @example
   * for await (const { conversationId, message } of files.searchMessages('straße', { from: '2024-01-01' })) …
   */
  searchMessages(query: string | RegExp, options: SearchOptions = {}): AsyncGenerator<SearchHit> {
    return searchMessages(this.#store, query, options);
  }

  /** Opens one conversation for several reads of the same snapshot; close it, or use `await using`. */
  async openConversation(id: string): Promise<ConversationFile> {
    return await this.#store.open(id);
  }

  /** Where the next fetch of this conversation begins; `undefined` where it is absent or has no messages. */
  async getFetchCursor(id: string): Promise<FetchCursor | undefined> {
    await using file = await this.#store.openIfThere(id);
    if (!file) return undefined;
    const { last_message_id, last_message_date } = await file.readMetadata();
    if (last_message_id !== undefined && last_message_id !== null) {
      return cursor(last_message_id, last_message_date);
    }
    // stores of the original do not say it
    const summary = new MessageSummary();
    for await (const message of file.messages()) summary.add(message);
    const { count, lastMessageId, lastMessageDate } = summary;
    return count > 0 ? cursor(lastMessageId as Id, lastMessageDate) : undefined;
  }

  /** The ids in the store, in order, from file names alone; `processed` chooses one status. */
  async listConversations({
    processed,
  }: Pick<ListMetadataOptions, 'processed'> = {}): Promise<string[]> {
    if (processed === undefined) return await this.#store.listIds();
    return await this.#store.listIds(processed ? 'processed' : 'unprocessed');
  }

  /** The conversation files, in the order of their ids, from file names alone. */
  async listFiles(options: ListOptions = {}): Promise<StoredFile[]> {
    return await this.#store.list(options);
  }

  /**
   * The conversations with their metadata, in the order of their ids; only the end of each file is read. One that can't be
   * read comes with its error.
   */
  async *listMetadata({
    processed,
    ids,
  }: ListMetadataOptions = {}): AsyncGenerator<ListedConversation> {
    const files = ids === undefined ? await this.#store.list() : await findFiles(this.#store, ids);
    const wanted = files.filter((file) => hasStatus(file, processed));
    yield* listMetadata(this.#store, wanted);
  }

  /** Counts by status, from file names alone. */
  async getConversationStats(): Promise<ConversationStats> {
    const files = await this.#store.list();
    const processedCount = files.filter(({ status }) => status === 'processed').length;
    return {
      processedCount,
      unprocessedCount: files.length - processedCount,
      totalCount: files.length,
    };
  }

  /**
   * Marks a conversation as processed and returns its path; one that is so already stays as it is. With `unchangedSince`
   * only if the file is still the one that was processed.
   *
   * @throws {@link StoreError} `STORE_NOT_FOUND`, `STORE_CHANGED`, `STORE_BOTH_NAMES`, `STORE_NEEDS_RECOVERY`
   */
  async markAsProcessed(
    id: string,
    { unchangedSince }: { readonly unchangedSince?: FileIdentity | undefined } = {},
  ): Promise<string> {
    return await this.#mark(id, 'processed', unchangedSince);
  }

  /**
   * Marks a conversation as unprocessed and returns its path; one that is so already stays as it is.
   *
   * @throws {@link StoreError} `STORE_NOT_FOUND`, `STORE_BOTH_NAMES`, `STORE_NEEDS_RECOVERY`
   */
  async markAsUnprocessed(id: string): Promise<string> {
    return await this.#mark(id, 'unprocessed', undefined);
  }

  /**
   * Deletes a conversation, under whichever names it stands.
   *
   * @throws {@link StoreError} `STORE_NOT_FOUND`, `STORE_NEEDS_RECOVERY`
   */
  async deleteConversation(id: string): Promise<void> {
    await this.#store.findOrFail(id);
    await this.#store.change(id, 'delete', async ({ assertHeld }) => {
      const existing = await this.#store.findOrFail(id);
      await this.#store.refuseWhereInterrupted(id);
      for (let file: StoredFile | undefined = existing; file; file = await this.#store.find(id)) {
        assertHeld();
        await removeDurably(file.path, this.#store.io);
      }
    });
  }

  /** Reads every conversation whole and yields each problem of the store, with its remedy. */
  check(options: CheckOptions = {}): AsyncGenerator<CheckProblem> {
    return checkStore(this.#store, options);
  }

  async #mark(
    id: string,
    status: ConversationStatus,
    unchangedSince: FileIdentity | undefined,
  ): Promise<string> {
    const found = await this.#store.findOrFail(id);
    if (found.status === status) return found.path;
    const to = this.#store.layout.file(id, status);
    return await this.#store.change(id, 'mark', async ({ assertHeld }) => {
      const from = await this.#store.findOrFail(id);
      if (from.status === status) return from.path;
      await this.#store.refuseWhereInterrupted(id);
      await this.#refuseBothNames(from);
      await this.#store.prepareToWrite();
      if (unchangedSince && !(await this.#store.isUnchanged(from, unchangedSince))) {
        const message = `conversation ${id} changed while it was processed; it stays unprocessed`;
        throw new StoreError('STORE_CHANGED', from.path, message);
      }
      if (status === 'processed') await this.#store.confirmAppendsTo(from.path);
      assertHeld();
      await this.#store.rename(from, to);
      return to.path;
    });
  }

  async #refuseBothNames(file: StoredFile): Promise<void> {
    for (const { path } of this.#store.layout.candidates(file.id)) {
      if (path === file.path || !(await this.#store.exists(path))) continue;
      const message = `conversation ${file.id} stands under both names; compare ${file.path} and ${path}, and remove one`;
      throw new StoreError('STORE_BOTH_NAMES', path, message);
    }
  }

  async #write(
    path: string,
    conversation: Conversation,
    options: { readonly exclusive: boolean; readonly beforePublish: () => void },
  ): Promise<void> {
    const chunks = conversationChunks(conversation);
    try {
      await atomicWrite(path, chunks, { ...options, ...this.#store.io });
    } catch (error) {
      const { conversation_id: id } = conversation.metadata;
      throw options.exclusive && hasCode(error, 'EEXIST') ? alreadyExists(id, path, error) : error;
    }
  }

  async #revisionOf(file: StoredFile): Promise<number> {
    try {
      await using open = await this.#store.openFile(file);
      return (await open.readMetadata()).revision ?? 0;
    } catch (error) {
      // what can't be read is being replaced: it has no revision to go on from
      if (error instanceof StoreError) return 0;
      throw error;
    }
  }
}

function cursor(id: Id, date: string | null | undefined): FetchCursor {
  return { lastMessageId: String(id), lastMessageDate: date ?? undefined };
}

/** A conversation with its counts, its next revision and the time of writing. */
function stamp(conversation: Conversation, revision: number): Conversation {
  const summary = summarize(conversation.messages.values());
  const metadata = updateMetadata(conversation.metadata, summary);
  return { ...conversation, metadata: { ...metadata, ...newRevision(revision) } };
}
