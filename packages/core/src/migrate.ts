import { basename } from 'node:path';
import { SCHEMA_VERSION } from '@tgstore/schema';
import { findNames, writeAnew } from './change-conversation.ts';
import type { StoredFile } from './layout.ts';
import { quarantine } from './quarantine.ts';
import type { StoreDirectory } from './store-directory.ts';

/** Options of {@link EnhancedFileManager.migrate}. */
export interface MigrateOptions {
  /** Says what would be done, and does nothing. @default false */
  readonly dryRun?: boolean | undefined;
  /** Stops between two conversations; rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each conversation that was, or would be, migrated. */
  readonly onConversation?: ((conversation: MigratedConversation) => void) | undefined;
}

/** A conversation that was, or would be, migrated. */
export interface MigratedConversation {
  /** Its id. */
  readonly id: string;
  /** The name that its file had. */
  readonly from: string;
  /** The name that it has now. */
  readonly to: string;
  /** Keys of its metadata that are spelled in another way now. */
  readonly renamedKeys: readonly (readonly [from: string, to: string])[];
}

/** What a migration did. */
export interface Migration {
  /** Those that changed, in the order of their ids. */
  readonly migrated: readonly MigratedConversation[];
  /** Lock files of the original module that were moved to quarantine. */
  readonly movedLocks: readonly string[];
  /** Those that could not be migrated. */
  readonly failed: readonly {
    /** Its id. */
    readonly id: string;
    /** Why. */
    readonly error: unknown;
  }[];
}

/** Gives every file the name and the layout that we write; the status of each stays. */
export async function migrateStore(
  store: StoreDirectory,
  { dryRun = false, signal, onConversation }: MigrateOptions,
): Promise<Migration> {
  const migrated: MigratedConversation[] = [];
  const failed: { id: string; error: unknown }[] = [];
  for (const file of await store.list({ settled: true })) {
    signal?.throwIfAborted();
    try {
      const plan = await planFor(store, file);
      if (!plan) continue;
      if (!dryRun) await writeAnew(store, file.id, 'migrate');
      migrated.push(plan);
      onConversation?.(plan);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      failed.push({ id: file.id, error });
    }
  }
  return { migrated, movedLocks: await moveLocks(store, dryRun), failed };
}

/** `undefined` where the file is as we write it, and the only one. */
async function planFor(
  store: StoreDirectory,
  { id, canonical }: StoredFile,
): Promise<MigratedConversation | undefined> {
  await using file = await store.open(id);
  const { schema_version } = await file.readMetadata();
  const isOurs = canonical && schema_version === SCHEMA_VERSION && (await file.isLineLayout());
  if (isOurs && (await findNames(store, id)).length === 1) return undefined;
  // its lines are copied as they are
  await file.validateMessages();
  return {
    id,
    from: basename(file.path),
    to: basename(store.layout.file(id, file.status).path),
    renamedKeys: await file.renamedKeys(),
  };
}

/** Lock files that the original module leaves beside the conversations. */
async function moveLocks(store: StoreDirectory, dryRun: boolean): Promise<string[]> {
  const names = await store.fileSystem.readdir(store.path);
  const locks = names.filter((name) => name.endsWith('.lock'));
  if (!dryRun) for (const name of locks) await quarantine(store, store.layout.entry(name));
  return locks;
}
