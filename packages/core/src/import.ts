// How conversations come into the store from an import.
// 1. The input is read once, into temporary files in the directory of the store; nothing else changes before commit().
// 2. Each conversation is committed by one rename, under its lock; the import as a whole is not atomic.
// 3. Content changes only under the unprocessed name.

import { syncDirectory } from '@tgstore/fs';
import { type IncomingConversation, SchemaError } from '@tgstore/schema';
import { afterCleanUp, hasCode, joinErrors, StoreError } from './errors.ts';
import type { StoredFile } from './layout.ts';
import {
  type ImportedConversation,
  type StagedConversation,
  stageConversation,
} from './stage-conversation.ts';
import type { StoreDirectory } from './store-directory.ts';

export interface ImportOptions {
  /** Leaves out conversations that can't be imported, and reports them, instead of refusing all. @default false */
  readonly keepGoing?: boolean | undefined;
  /** Stops reading; rejects with its reason, and nothing has changed. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each conversation was read. */
  readonly onConversation?: ((conversation: ImportedConversation) => void) | undefined;
}

/** A conversation that was left out. */
export interface ImportFailure {
  readonly place: string;
  readonly error: unknown;
}

/** An import that was read, and waits to be committed; what is not committed is removed on disposal. */
export class StagedImport implements AsyncDisposable {
  readonly failures: readonly ImportFailure[];
  readonly #store: StoreDirectory;
  readonly #staged: Map<string, StagedConversation>;
  /** Directories made for it, the deepest first: they go again if they stay empty. */
  readonly #created: readonly string[];

  /** @internal Use `FileManager.stageImport`. */
  constructor(
    store: StoreDirectory,
    staged: Map<string, StagedConversation>,
    failures: readonly ImportFailure[],
    created: readonly string[],
  ) {
    this.#store = store;
    this.#staged = staged;
    this.#created = created;
    this.failures = failures;
  }

  /** What the import makes of each conversation, in the order of the input. */
  get conversations(): ImportedConversation[] {
    return [...this.#staged.values()].map(({ summary }) => summary);
  }

  /**
   * Gives every conversation that changes its new content. Resolves when all are durable; on an error those before it
   * have been committed, and the import can be run again.
   *
   * @throws {@link StoreError} `STORE_CHANGED` or `STORE_EXISTS` when the store has changed since it was read,
   * `STORE_NEEDS_RECOVERY`
   */
  async commit(): Promise<void> {
    const store = this.#store;
    const changes = [...this.#staged.values()].filter(({ content }) => content !== undefined);
    for (const change of changes) await this.#assertCurrent(change, change.existing);
    await store.prepareToWrite();
    const current = await this.#moveToUnprocessed(changes);
    for (const change of changes) {
      const { id } = change.summary;
      await store.change(id, 'import', async ({ assertHeld }) => {
        await this.#assertCurrent(change, current.get(id));
        assertHeld();
        await this.#publish(change);
      });
    }
    if (store.durability === 'full') await syncDirectory(store.path, store.io);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const discards = [...this.#staged.values()].map(({ content }) => content?.discard());
    const results = await Promise.allSettled(discards);
    await this.#store.removeIfEmpty(this.#created);
    const errors = results.flatMap((result) => (result.status === 'rejected' ? result.reason : []));
    if (errors.length > 0) throw joinErrors(errors);
  }

  async #assertCurrent(
    { summary: { id }, identity }: StagedConversation,
    existing: StoredFile | undefined,
  ): Promise<void> {
    const store = this.#store;
    await store.refuseWhereInterrupted(id);
    const now = await store.find(id);
    if (now && !existing) throw appeared(id, now.path);
    if (!existing || !identity) return;
    if (now?.path === existing.path && (await store.isUnchanged(existing, identity))) return;
    const message = `conversation ${id} changed while it was imported; run the import again`;
    throw new StoreError('STORE_CHANGED', existing.path, message);
  }

  /** Resolves to where each conversation that the store has stands from now on. */
  async #moveToUnprocessed(
    changes: readonly StagedConversation[],
  ): Promise<ReadonlyMap<string, StoredFile>> {
    const { fileSystem, layout, path, durability } = this.#store;
    const files = new Map<string, StoredFile>();
    let moved = false;
    for (const change of changes) {
      const { existing } = change;
      if (!existing) continue;
      const target = layout.file(existing.id, 'unprocessed');
      files.set(existing.id, target);
      if (existing.path === target.path) continue;
      await this.#store.change(existing.id, 'import', async ({ assertHeld }) => {
        await this.#assertCurrent(change, existing);
        assertHeld();
        await fileSystem.rename(existing.path, target.path);
      });
      moved = true;
    }
    if (moved && durability === 'full') await syncDirectory(path, { fileSystem });
    return files;
  }

  async #publish({ content, existing, summary }: StagedConversation): Promise<void> {
    const target = this.#store.layout.file(summary.id, summary.status);
    try {
      await content?.publish(target.path, { exclusive: !existing, durability: 'relaxed' });
    } catch (error) {
      throw hasCode(error, 'EEXIST') ? appeared(summary.id, target.path, error) : error;
    }
  }
}

/** Reads all of `incoming` into temporary files. */
export async function stageImport(
  store: StoreDirectory,
  incoming: AsyncIterable<IncomingConversation>,
  { keepGoing = false, signal, onConversation }: ImportOptions,
): Promise<StagedImport> {
  const created = await store.makeDirectory();
  const staged = new Map<string, StagedConversation>();
  const failures: ImportFailure[] = [];
  const result = new StagedImport(store, staged, failures, created);
  try {
    for await (const conversation of incoming) {
      signal?.throwIfAborted();
      const messages = resumable(conversation.messages);
      try {
        const next = await stageConversation(store, { conversation, messages, staged, signal });
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
