import { versionOf } from './content-version.ts';
import { ConversationFile } from './conversation-file.ts';
import type { HeldGuard } from './conversation-guard.ts';
import { StoreError } from './errors.ts';
import type { FileIdentity } from './file-snapshot.ts';
import type { StoredFile } from './layout.ts';
import { processedNow, readState, updateState } from './state-file.ts';
import type { StoreDirectory } from './store-directory.ts';

/** Records the content of a conversation as processed, then gives it the processed name. To be called under its lock. */
export async function markProcessed(
  store: StoreDirectory,
  from: StoredFile,
  held: HeldGuard,
  unchangedSince: FileIdentity | undefined,
): Promise<string> {
  const { id } = from;
  if (from.status === 'processed') return from.path;
  await using file = await ConversationFile.open(from.path, store);
  if (unchangedSince && !(await store.isUnchanged(from, unchangedSince))) {
    const message = `conversation ${id} changed while it was processed; it stays unprocessed`;
    throw new StoreError('STORE_CHANGED', from.path, message);
  }
  const version = versionOf(await file.readMetadata(), file.size);
  const processed = processedNow(version);
  held.assertHeld();
  await updateState(store, id, { processed, failure: undefined });
  return await giveProcessedName(store, from, { held, size: file.size });
}

/** The last step, once its content of this size is recorded as processed. */
export async function giveProcessedName(
  store: StoreDirectory,
  from: StoredFile,
  { held, size }: { readonly held: HeldGuard; readonly size: number },
): Promise<string> {
  const to = store.layout.file(from.id, 'processed');
  await store.confirmAppends(size);
  held.assertHeld();
  await store.rename(from, to);
  return to.path;
}

/** Forgets what was processed of a conversation, then gives it the unprocessed name. To be called under its lock. */
export async function markUnprocessed(
  store: StoreDirectory,
  from: StoredFile,
  held: HeldGuard,
): Promise<string> {
  const { id } = from;
  held.assertHeld();
  const { claim } = await readState(store, id);
  const again = claim && { ...claim, again: true };
  await updateState(store, id, { processed: undefined, claim: again, failure: undefined });
  if (from.status === 'unprocessed') return from.path;
  const to = store.layout.file(id, 'unprocessed');
  held.assertHeld();
  await store.rename(from, to);
  return to.path;
}
