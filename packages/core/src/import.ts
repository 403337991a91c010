// How conversations come into the store from an import.
// 1. The input is read once, into temporary files in the directory of the store; nothing else changes before commit().
// 2. Each conversation is committed under its lock, merged with what the store has then; the import as a whole is not atomic.

import { syncDirectory } from '@tgstore/fs';
import { type ConversationStatus, type IncomingConversation, SchemaError } from '@tgstore/schema';
import { type ContentChange, changeContent } from './change-content.ts';
import { changeConversation } from './change-conversation.ts';
import { mergeIn, putIn } from './content-source.ts';
import { ConversationFile } from './conversation-file.ts';
import type { HeldGuard } from './conversation-guard.ts';
import { afterCleanUp, hasCode, joinErrors, StoreError } from './errors.ts';
import type { StoredFile } from './layout.ts';
import {
  type ImportedConversation,
  type StagedConversation,
  stageConversation,
} from './stage-conversation.ts';
import type { StoreDirectory } from './store-directory.ts';

/** Options of {@link EnhancedFileManager.stageImport}. */
export interface ImportOptions {
  /** Leaves out conversations that can't be imported, and reports them, instead of refusing all. @default false */
  readonly keepGoing?: boolean | undefined;
  /** Puts conversations in the place of those that the store has, instead of merging them. @default false */
  readonly overwrite?: boolean | undefined;
  /** Stops reading; rejects with its reason, and nothing has changed. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each conversation was read. */
  readonly onConversation?: ((conversation: ImportedConversation) => void) | undefined;
}

/** A conversation that was left out. */
export interface ImportFailure {
  /** Where it stands in the input: `chats.list[3]`. */
  readonly place: string;
  /** Why. */
  readonly error: unknown;
}

/** Runs the commit of an import, after what must come before any change. */
export type RunCommit = <T>(commit: () => Promise<T>) => Promise<T>;

interface Staged {
  readonly staged: ReadonlyMap<string, StagedConversation>;
  readonly failures: readonly ImportFailure[];
  /** Directories made for it, the deepest first: they go again if they stay empty. */
  readonly created: readonly string[];
  readonly overwrite: boolean;
  readonly runCommit: RunCommit;
}

/** What {@link StagedImport.commit} takes. */
export interface CommitOptions {
  /** Called after each conversation that stands in the store now; all are durable once `commit` resolves. */
  readonly onConversation?: ((id: string, change: ContentChange) => void) | undefined;
}

/** An import that was read, and waits to be committed; what is not committed is removed on disposal. */
export class StagedImport implements AsyncDisposable {
  /** What was left out; empty without `keepGoing`. */
  readonly failures: readonly ImportFailure[];
  readonly #store: StoreDirectory;
  readonly #staged: ReadonlyMap<string, StagedConversation>;
  readonly #overwrite: boolean;
  readonly #created: readonly string[];
  readonly #runCommit: RunCommit;

  /** @internal Use `EnhancedFileManager.stageImport`. */
  constructor(store: StoreDirectory, { staged, failures, created, overwrite, runCommit }: Staged) {
    this.#store = store;
    this.#runCommit = runCommit;
    this.#staged = staged;
    this.#overwrite = overwrite;
    this.#created = created;
    this.failures = failures;
  }

  /** What the import makes of each conversation, in the order of the input. */
  get conversations(): ImportedConversation[] {
    return [...this.#staged.values()].map(({ summary }) => summary);
  }

  /**
   * Brings every conversation that changes into the store, each under its lock: what changed in the store since it was staged is
   * merged too. Resolves to what was done to each, when all are durable; on an error those before it have been committed, and
   * the import can be run again.
   *
   * @throws {@link StoreError} `STORE_ID_CONFLICT`, `STORE_NEEDS_RECOVERY`
   */
  async commit({ onConversation }: CommitOptions = {}): Promise<Map<string, ContentChange>> {
    return await this.#runCommit(() => this.#commit(onConversation));
  }

  /** Removes what was not committed. */
  async [Symbol.asyncDispose](): Promise<void> {
    const discards = [...this.#staged.values()].map(({ received }) => received.file.discard());
    const results = await Promise.allSettled(discards);
    await this.#store.removeIfEmpty(this.#created);
    const errors = results.flatMap((result) => (result.status === 'rejected' ? result.reason : []));
    if (errors.length > 0) throw joinErrors(errors);
  }

  async #commit(
    onConversation: CommitOptions['onConversation'],
  ): Promise<Map<string, ContentChange>> {
    const store = this.#store;
    const results = new Map<string, ContentChange>();
    await store.prepareToWrite();
    try {
      for (const staged of this.#staged.values()) {
        const { id } = staged.summary;
        if (!(await this.#mayChange(staged))) continue;
        const change = (held: HeldGuard, found: StoredFile | undefined) =>
          this.#commitOne(staged, held, found);
        const made = await changeConversation(store, id, 'import', change);
        results.set(id, made);
        onConversation?.(id, made);
      }
    } finally {
      if (store.durability === 'full' && results.size > 0)
        await syncDirectory(store.path, store.io);
    }
    return results;
  }

  /** Not where it changed nothing, and the store still has what it was compared with. */
  async #mayChange({ summary, identity, isChange }: StagedConversation): Promise<boolean> {
    if (isChange) return true;
    const found = await this.#store.find(summary.id);
    return !found || !identity || !(await this.#store.isUnchanged(found, identity));
  }

  async #commitOne(
    staged: StagedConversation,
    held: HeldGuard,
    found: StoredFile | undefined,
  ): Promise<ContentChange> {
    const { file, status = 'unprocessed' } = staged.received;
    const { id } = staged.summary;
    const store = this.#store;
    if (!found) {
      held.assertHeld();
      await publishNew(store, staged, status);
      const { total: added } = staged.received;
      return { added, edited: 0, deleted: 0, unchanged: 0, revision: 1, status, isNew: true };
    }
    await using incoming = await ConversationFile.open(file.path, store);
    const rewrite = this.#overwrite ? putIn : mergeIn;
    return await changeContent(store, id, held, {
      found,
      operation: 'import',
      rewrite: (rewriting) => rewrite(rewriting, incoming),
    });
  }
}

async function publishNew(
  { layout }: StoreDirectory,
  { summary: { id }, received: { file } }: StagedConversation,
  status: ConversationStatus,
): Promise<void> {
  const target = layout.file(id, status);
  try {
    await file.publish(target.path, { exclusive: true, durability: 'relaxed' });
  } catch (error) {
    throw hasCode(error, 'EEXIST') ? appeared(id, target.path, error) : error;
  }
}

/** Reads all of `incoming` into temporary files. */
export async function stageImport(
  store: StoreDirectory,
  incoming: AsyncIterable<IncomingConversation>,
  {
    keepGoing = false,
    overwrite = false,
    signal,
    onConversation,
    runCommit,
  }: ImportOptions & { readonly runCommit: RunCommit },
): Promise<StagedImport> {
  const created = await store.makeDirectory();
  const staged = new Map<string, StagedConversation>();
  const failures: ImportFailure[] = [];
  const result = new StagedImport(store, { staged, failures, created, overwrite, runCommit });
  try {
    for await (const conversation of incoming) {
      signal?.throwIfAborted();
      const messages = resumable(conversation.messages);
      try {
        const next = await stageConversation(store, {
          conversation,
          messages,
          staged,
          overwrite,
          signal,
        });
        staged.set(next.summary.id, next);
        onConversation?.(next.summary);
      } catch (error) {
        const failure = inPlace(error, conversation.place);
        if (!keepGoing || signal?.aborted || !isAboutOne(error)) throw failure;
        for await (const _message of messages);
        failures.push({ place: conversation.place, error: failure });
      }
    }
    return result;
  } catch (error) {
    throw await afterCleanUp(error, () => result[Symbol.asyncDispose]());
  }
}

// a full disk is about all of them
function isAboutOne(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(?:STORE|SCHEMA|FORMAT)_/.test(code);
}

// the schema knows no more than the path inside the conversation
function inPlace(error: unknown, place: string): unknown {
  if (!(error instanceof SchemaError)) return error;
  const message = `${place}: ${error.message}`;
  return new StoreError('STORE_INVALID_CONVERSATION', undefined, message, { cause: error });
}

/** Does not close the source when a loop over it fails, so that a second loop takes the rest. */
function resumable<T>(source: AsyncIterable<T>): AsyncIterable<T> {
  const iterator = source[Symbol.asyncIterator]();
  return { [Symbol.asyncIterator]: () => ({ next: () => iterator.next() }) };
}

function appeared(id: string, path: string, cause?: unknown): StoreError {
  const message = `conversation ${id} appeared while it was imported (${path}); run the import again`;
  return new StoreError('STORE_EXISTS', path, message, { cause });
}
