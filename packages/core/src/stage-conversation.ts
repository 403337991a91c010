import type { TemporaryFile } from '@tgstore/fs';
import {
  type Conversation,
  type ConversationStatus,
  checkMetadata,
  type IncomingConversation,
  type Message,
  type Metadata,
  mergeMetadata,
  ProblemList,
} from '@tgstore/schema';
import { ConversationFile, type FileIdentity } from './conversation-file.ts';
import { ConversationWriter } from './conversation-writer.ts';
import { afterCleanUp } from './errors.ts';
import type { StoredFile } from './layout.ts';
import { lineBlocks } from './line-blocks.ts';
import { type MergeCounts, mergeFiles } from './merge-files.ts';
import { newRevision } from './revision.ts';
import { sortMessages } from './sort-messages.ts';
import type { StoreDirectory } from './store-directory.ts';

/** What the import makes of one conversation. `added` + `edited` + `unchanged` + `duplicates` = `messages`. */
export interface ImportedConversation {
  readonly id: string;
  readonly name: string | undefined;
  /** Whether the store did not have it. */
  readonly isNew: boolean;
  /** Messages that came in. */
  readonly messages: number;
  readonly added: number;
  /** Messages that replace another version of themselves. */
  readonly edited: number;
  readonly unchanged: number;
  /** Messages whose id occurs more than once in the input; one of each is kept. */
  readonly duplicates: number;
  /** Messages in the conversation afterwards. */
  readonly total: number;
  /** Its status afterwards: what gained or changed a message is unprocessed. */
  readonly status: ConversationStatus;
}

/** One conversation of an import, read and merged. */
export interface StagedConversation {
  readonly summary: ImportedConversation;
  /** What the store has of it. */
  readonly existing: StoredFile | undefined;
  /** Which file of the store that was. */
  readonly identity: FileIdentity | undefined;
  /** Its new file, complete but for its name; `undefined` where nothing changes. */
  readonly content: TemporaryFile | undefined;
}

export interface StageOptions {
  readonly conversation: IncomingConversation;
  /** Its messages; after a failure the rest of them can still be read. */
  readonly messages: AsyncIterable<Message>;
  /** What came before it in this import. */
  readonly staged: ReadonlyMap<string, StagedConversation>;
  readonly signal: AbortSignal | undefined;
}

/** A conversation as it came in: a complete file under a temporary name. */
interface Received {
  readonly writer: ConversationWriter;
  readonly metadata: Metadata;
  readonly status: ConversationStatus | undefined;
  readonly messages: number;
  readonly duplicates: number;
}

/**
 * Reads one conversation into a temporary file and merges it with what the store has, or with what came under the same
 * id earlier in this import.
 */
export async function stageConversation(
  store: StoreDirectory,
  options: StageOptions,
): Promise<StagedConversation> {
  const received = await receive(store, options);
  try {
    const id = received.metadata.conversation_id;
    await store.refuseWhereInterrupted(id);
    const earlier = options.staged.get(id);
    const existing = earlier ? earlier.existing : await store.find(id);
    const base = earlier?.content?.path ?? existing?.path;
    if (base === undefined) return stageNew(received);
    const merged = await merge(store, base, received, earlier);
    const identity = earlier ? earlier.identity : merged.baseIdentity;
    return { existing, identity, ...summarizeMerge(received, merged, earlier, existing) };
  } catch (error) {
    throw await afterCleanUp(error, () => received.writer.discard());
  }
}

function stageNew({
  writer,
  metadata,
  status,
  messages,
  duplicates,
}: Received): StagedConversation {
  const summary: ImportedConversation = {
    id: metadata.conversation_id,
    name: metadata.name ?? undefined,
    isNew: true,
    messages,
    added: writer.count,
    edited: 0,
    unchanged: 0,
    duplicates,
    total: writer.count,
    status: status ?? 'unprocessed',
  };
  return { summary, existing: undefined, identity: undefined, content: writer.file };
}

interface Merged {
  readonly counts: MergeCounts;
  readonly total: number;
  readonly content: TemporaryFile | undefined;
  readonly baseIdentity: FileIdentity;
}

async function merge(
  store: StoreDirectory,
  basePath: string,
  received: Received,
  earlier: StagedConversation | undefined,
): Promise<Merged> {
  const writer = await ConversationWriter.open(store);
  try {
    await using base = await ConversationFile.open(basePath, store.fileSystem);
    await using incoming = await ConversationFile.open(received.writer.file.path, store.fileSystem);
    const counts = await mergeFiles(base, incoming, writer);
    const changed = counts.added + counts.edited > 0;
    if (changed) {
      const before = await base.readHead();
      const added = await incoming.readHead();
      // an earlier part of this import has counted the revision already
      const revision = (before.metadata.revision ?? 0) + (earlier?.content ? 0 : 1);
      await writer.close({
        metadata: { ...mergeMetadata(before.metadata, added.metadata), ...newRevision(revision) },
        other: { ...added.other, ...before.other },
      });
      await earlier?.content?.discard();
    } else {
      await writer.discard();
    }
    await received.writer.discard();
    const content = changed ? writer.file : undefined;
    return { counts, total: writer.count, content, baseIdentity: base.identity };
  } catch (error) {
    throw await afterCleanUp(error, () => writer.discard());
  }
}

function summarizeMerge(
  { metadata, messages, duplicates }: Received,
  { counts, total, content }: Merged,
  earlier: StagedConversation | undefined,
  existing: StoredFile | undefined,
): Pick<StagedConversation, 'summary' | 'content'> {
  const before = earlier?.summary;
  const status = content ? 'unprocessed' : (before ?? existing)?.status;
  const summary: ImportedConversation = {
    id: metadata.conversation_id,
    name: metadata.name ?? before?.name,
    isNew: before?.isNew ?? false,
    messages: messages + (before?.messages ?? 0),
    added: counts.added + (before?.added ?? 0),
    edited: counts.edited + (before?.edited ?? 0),
    unchanged: counts.unchanged + (before?.unchanged ?? 0),
    duplicates: duplicates + (before?.duplicates ?? 0),
    total,
    status: status ?? 'unprocessed',
  };
  return { summary, content: content ?? earlier?.content };
}

/** Writes what comes in to a temporary file, in order and without duplicates. */
async function receive(store: StoreDirectory, options: StageOptions): Promise<Received> {
  const writer = await ConversationWriter.open(store);
  try {
    await writeMessages(writer, options);
    const { metadata: raw, status, other } = options.conversation.finish();
    const metadata = { ...validMetadata(raw), ...newRevision(1) };
    await writer.close({ metadata, other });
    const messages = writer.count;
    if (writer.inOrder) return { writer, metadata, status, messages, duplicates: 0 };
    const sorted = await sortInto(store, writer, { metadata, other });
    return { writer: sorted, metadata, status, messages, duplicates: messages - sorted.count };
  } catch (error) {
    throw await afterCleanUp(error, () => writer.discard());
  }
}

async function writeMessages(
  writer: ConversationWriter,
  { messages, signal }: StageOptions,
): Promise<void> {
  for await (const block of lineBlocks(messages)) {
    await writer.addBlock(block);
    signal?.throwIfAborted();
  }
}

/** Replaces a temporary file by another, in which the messages stand in order. */
async function sortInto(
  store: StoreDirectory,
  unsorted: ConversationWriter,
  head: Pick<Conversation, 'metadata' | 'other'>,
): Promise<ConversationWriter> {
  const sorted = await ConversationWriter.open(store);
  try {
    await sortMessages(store, unsorted.file.path, sorted);
    await sorted.close(head);
    await unsorted.discard();
    return sorted;
  } catch (error) {
    throw await afterCleanUp(error, () => sorted.discard());
  }
}

function validMetadata(metadata: Metadata): Metadata {
  const problems = new ProblemList();
  checkMetadata(metadata, problems);
  problems.throwIfAny();
  return metadata;
}
