import type { Conversation } from '@tgstore/schema';
import { sourceOf } from './content-source.ts';
import { ConversationFile } from './conversation-file.ts';
import type { HeldGuard } from './conversation-guard.ts';
import { ConversationWriter } from './conversation-writer.ts';
import { afterCleanUp, hasCode, type StoreError } from './errors.ts';
import { notRegular } from './invalid-file.ts';
import { keepInQuarantine, quarantine } from './quarantine.ts';
import { newRevision } from './revision.ts';
import { type Salvaged, salvageConversation } from './salvage.ts';
import type { StoreDirectory } from './store-directory.ts';

/** What a file that can't be read as a whole came to. */
export interface Saved {
  readonly message: string;
  /** Where the file, as it was, can be found now. */
  readonly quarantined?: string | undefined;
}

/**
 * Puts what is whole in an unreadable conversation file in its place, unprocessed, and keeps the file in quarantine. To be called
 * under the lock of the conversation.
 */
export async function saveWhatIsWhole(
  store: StoreDirectory,
  { id, path }: { readonly id: string; readonly path: string },
  held: HeldGuard,
): Promise<Saved> {
  await refuseUnlessFile(store, path);
  const whole = await load(store, path);
  if (whole === 'readable') return { message: 'it can be read after all, and stays as it is' };
  const salvaged = whole ?? (await salvageConversation(path, store.fileSystem));
  const { messages, other } = salvaged;
  held.assertHeld();
  if (messages.size === 0 && !salvaged.metadata) {
    const quarantined = await quarantine(store, path);
    if (!(await store.find(id))) await moveRecords(store, id);
    return { message: 'nothing in it is whole', quarantined };
  }
  const metadata = salvaged.metadata ?? { conversation_id: id };
  const writer = await write(store, { messages: new Map(messages), metadata, other });
  try {
    const quarantined = await keepInQuarantine(store, path);
    const unprocessed = store.layout.file(id, 'unprocessed');
    // where another file has that name, it keeps its own until both are united
    const target = (await store.exists(unprocessed.path)) ? { ...unprocessed, path } : unprocessed;
    await store.confirmAppendsTo(path);
    held.assertHeld();
    if (path !== target.path) await store.rename({ ...target, path }, target);
    await writer.file.publish(target.path);
    return { message: describe(salvaged, whole !== undefined), quarantined };
  } catch (error) {
    throw await afterCleanUp(error, () => writer.discard());
  }
}

/** What can be loaded and not streamed: valid, but with its messages in another order. */
async function load(
  store: StoreDirectory,
  path: string,
): Promise<Salvaged | 'readable' | undefined> {
  await using file = await ConversationFile.open(path, store);
  try {
    const { messages, metadata, other = {} } = await file.load();
    return (await canBeStreamed(file)) ? 'readable' : { messages, metadata, other, lost: [] };
  } catch (error) {
    if (!hasCode(error, 'STORE_INVALID_FILE')) throw error;
    // nothing of it is broken
    if (hasCode((error as StoreError).cause, 'SCHEMA_VERSION_TOO_NEW')) throw error;
    return undefined;
  }
}

async function canBeStreamed(file: ConversationFile): Promise<boolean> {
  try {
    await file.validateMessages();
    return true;
  } catch (error) {
    if (hasCode(error, 'STORE_INVALID_FILE')) return false;
    throw error;
  }
}

async function write(
  store: StoreDirectory,
  { messages, metadata, other }: Conversation,
): Promise<ConversationWriter> {
  const writer = await ConversationWriter.open(store);
  try {
    for await (const batch of sourceOf({ messages, metadata }).lines()) {
      for (const line of batch) await writer.addLine(line);
    }
    const revision = (metadata.revision ?? 0) + 1;
    await writer.close({ metadata: { ...metadata, ...newRevision(revision) }, other });
    return writer;
  } catch (error) {
    throw await afterCleanUp(error, () => writer.discard());
  }
}

/** What is known of a conversation that is no more. */
async function moveRecords(store: StoreDirectory, id: string): Promise<void> {
  for (const path of [store.layout.stateFile(id), store.layout.changesFile(id)]) {
    if (await store.exists(path)) await quarantine(store, path);
  }
}

async function refuseUnlessFile(store: StoreDirectory, path: string): Promise<void> {
  if (!(await store.fileSystem.lstat(path)).isFile()) throw notRegular(path);
}

function describe({ messages, lost }: Salvaged, isWhole: boolean): string {
  if (isWhole) return 'put its messages in order';
  const bytes = lost.reduce((sum, { length }) => sum + length, 0);
  return `saved ${messages.size} messages; ${bytes} bytes could not be read`;
}
