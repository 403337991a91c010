// How conversations go into a backup and come back.
// 1. Each is one snapshot: read to the length that it had when it was opened. Nobody waits for a backup.
// 2. One comes back under its lock; content changes only under the unprocessed name, and becoming processed is the last step.

import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type {
  BackupContents,
  FileSnapshot,
  ManifestFile,
  PutOptions,
  PutResult,
  RestoredFile,
} from '@tgstore/backup';
import { type Durability, ensureDirectory, type FileSystem } from '@tgstore/fs';
import { changeConversation } from './change-conversation.ts';
import { ChangeLogWriter } from './change-log.ts';
import { type ContentVersion, versionOf } from './content-version.ts';
import { ConversationFile } from './conversation-file.ts';
import type { ConversationGuard, HeldGuard } from './conversation-guard.ts';
import { afterCleanUp, hasCode, StoreError } from './errors.ts';
import type { StoredFile } from './layout.ts';
import { processedNow, updateState } from './state-file.ts';
import { StoreDirectory } from './store-directory.ts';

export interface ContentsOptions {
  readonly durability: Durability;
  readonly fileSystem: FileSystem;
  /** Guards the conversations of a directory. */
  readonly guardOf: (directory: string) => ConversationGuard;
}

/** The conversations of a directory, as a backup wants them. */
export function conversationContents(
  directory: string,
  { durability, fileSystem, guardOf }: ContentsOptions,
): BackupContents {
  const guard = guardOf(directory);
  const store = new StoreDirectory(directory, { durability, fileSystem, guard });
  return {
    workDirectory: store.layout.restoreDirectory,
    prepare: () => store.refuseLinks(),
    accepts: (name) => store.layout.parse(name)?.canonical === true,
    snapshots: () => snapshots(store),
    put: async (file, options) => await put(store, file, options),
    wouldPut: async (file, { overwrite }) => await compare(store, file, overwrite),
  };
}

async function* snapshots(store: StoreDirectory): AsyncGenerator<FileSnapshot> {
  for (const { id } of await store.list({ settled: true })) {
    const snapshot = await open(store, id);
    if (snapshot) yield snapshot;
  }
}

/** `undefined` where it was deleted meanwhile. */
async function open(store: StoreDirectory, id: string): Promise<FileSnapshot | undefined> {
  try {
    const file = await store.open(id);
    return await snapshotOf(store, id, file);
  } catch (error) {
    if (hasCode(error, 'STORE_NOT_FOUND')) return undefined;
    throw error;
  }
}

async function snapshotOf(
  store: StoreDirectory,
  id: string,
  file: ConversationFile,
): Promise<FileSnapshot> {
  try {
    const status = store.layout.parse(basename(file.path))?.status ?? 'unprocessed';
    return {
      name: basename(store.layout.file(id, status).path),
      size: file.size,
      facts: { id, status, ...(await factsOf(file)) },
      bytes: () => file.bytes(),
      [Symbol.asyncDispose]: async () => await file[Symbol.asyncDispose](),
    };
  } catch (error) {
    await file[Symbol.asyncDispose]();
    throw error;
  }
}

/** A broken conversation is backed up as it is. */
async function factsOf(
  file: ConversationFile,
): Promise<Pick<ManifestFile, 'messages' | 'revision_id'>> {
  try {
    const { message_count, revision_id } = await file.readMetadata();
    return {
      ...(typeof message_count === 'number' && { messages: message_count }),
      ...(typeof revision_id === 'string' && { revision_id }),
    };
  } catch (error) {
    if (error instanceof StoreError) return {};
    throw error;
  }
}

async function put(
  store: StoreDirectory,
  file: RestoredFile,
  { overwrite, putAside }: PutOptions,
): Promise<PutResult> {
  const target = targetOf(store, file);
  await ensureDirectory(store.path, store.io);
  return await changeConversation(store, target.id, 'restore', async (held) => {
    const result = await compare(store, file, overwrite);
    if (result !== 'restored' && result !== 'replaced') return result;
    await store.prepareToWrite();
    const existing = await store.find(target.id);
    const restored = { ...target, path: file.path };
    const isSame = existing && (await hashAt(existing, store)) === file.sha256;
    if (existing && !isSame) await putAside(existing.path);
    await recordRestore(store, existing, restored, held);
    if (existing) await store.confirmAppendsTo(existing.path);
    held.assertHeld();
    if (!existing) await store.rename(restored, target);
    else if (isSame) await store.rename(existing, target);
    else {
      const unprocessed = store.layout.file(target.id, 'unprocessed');
      if (existing.path !== unprocessed.path) await store.rename(existing, unprocessed);
      await store.rename(restored, unprocessed);
      if (target.status === 'processed') await store.rename(unprocessed, target);
    }
    return result;
  });
}

/**
 * What is restored as processed counts as processed; what is restored as unprocessed will be handed over whole. A broken
 * conversation is restored as it is.
 */
async function recordRestore(
  store: StoreDirectory,
  existing: StoredFile | undefined,
  restored: StoredFile,
  held: HeldGuard,
): Promise<void> {
  const { id, status } = restored;
  const version = await versionAt(store, restored);
  held.assertHeld();
  if (existing && version) {
    const current = await versionAt(store, existing);
    const log = new ChangeLogWriter(store, id, { current, held });
    try {
      await log.commit(version, { operation: 'restore', everything: true });
    } catch (error) {
      throw await afterCleanUp(error, () => log.abort());
    }
  }
  const processed = version && status === 'processed' ? processedNow(version) : undefined;
  await updateState(store, id, { processed, failure: undefined });
}

async function versionAt(
  store: StoreDirectory,
  { path }: StoredFile,
): Promise<ContentVersion | undefined> {
  try {
    await using file = await ConversationFile.open(path, store);
    return versionOf(await file.readMetadata(), file.size);
  } catch (error) {
    if (error instanceof StoreError) return undefined;
    throw error;
  }
}

/** What putting a file in its place does. */
async function compare(
  store: StoreDirectory,
  file: ManifestFile,
  overwrite: boolean,
): Promise<PutResult> {
  const target = targetOf(store, file);
  // a dry run holds no lock
  await using existing = await store.openIfThere(target.id);
  if (!existing) return 'restored';
  if (existing.status === target.status && (await hash(existing)) === file.sha256) {
    return 'unchanged';
  }
  return overwrite ? 'replaced' : 'existing';
}

async function hashAt({ path }: StoredFile, { fileSystem }: StoreDirectory): Promise<string> {
  await using file = await ConversationFile.open(path, { fileSystem });
  return await hash(file);
}

async function hash(file: ConversationFile): Promise<string> {
  const sha256 = createHash('sha256');
  for await (const chunk of file.bytes()) sha256.update(chunk);
  return sha256.digest('hex');
}

function targetOf({ layout }: StoreDirectory, { name }: Pick<ManifestFile, 'name'>): StoredFile {
  const parsed = layout.parse(name);
  if (!parsed?.canonical) throw new TypeError(`${name} is no name of a conversation`);
  return parsed;
}
