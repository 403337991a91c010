import type { TemporaryFile } from '@tgstore/fs';
import {
  type ConversationStatus,
  checkMetadata,
  type IncomingConversation,
  type Message,
  type Metadata,
  ProblemList,
} from '@tgstore/schema';
import { isSameHead } from './change-content.ts';
import { ChangeCounter, type ChangeCounts } from './change-log.ts';
import { type Head, mergeIn, putIn } from './content-source.ts';
import { ConversationFile } from './conversation-file.ts';
import { ConversationWriter } from './conversation-writer.ts';
import { afterCleanUp } from './errors.ts';
import type { FileIdentity } from './file-snapshot.ts';
import { lineBlocks } from './line-blocks.ts';
import type { TakeLine } from './merge-lines.ts';
import { newRevision } from './revision.ts';
import { sortMessages } from './sort-messages.ts';
import type { StoreDirectory } from './store-directory.ts';

/** What the import makes of one conversation. `added` + `edited` + `unchanged` + `duplicates` = `messages`. */
export interface ImportedConversation {
  /** Its id. */
  readonly id: string;
  /** Its name in the input. */
  readonly name: string | undefined;
  /** Whether the store did not have it. */
  readonly isNew: boolean;
  /** Messages that came in. */
  readonly messages: number;
  /** Messages that the store does not have. */
  readonly added: number;
  /** Messages that replace another version of themselves. */
  readonly edited: number;
  /** Messages that the store has already, the same. */
  readonly unchanged: number;
  /** Messages whose id occurs more than once in the input; one of each is kept. */
  readonly duplicates: number;
  /** Messages in the conversation afterwards. */
  readonly total: number;
  /** Its status afterwards: what gained or changed a message is unprocessed. */
  readonly status: ConversationStatus;
}

/** One conversation of an import, read, and compared with what the store has. */
export interface StagedConversation {
  readonly summary: ImportedConversation;
  /** Which file of the store it was compared with. */
  readonly identity: FileIdentity | undefined;
  /** Whether it changes what it was compared with, be it only the metadata. */
  readonly isChange: boolean;
  /** What came in: a complete file but for its name. */
  readonly received: Received;
}

export interface StageOptions {
  readonly conversation: IncomingConversation;
  /** Its messages; after a failure the rest of them can still be read. */
  readonly messages: AsyncIterable<Message>;
  /** What came before it in this import. */
  readonly staged: ReadonlyMap<string, StagedConversation>;
  /** Whether what comes in takes the place of what the store has, instead of being merged into it. */
  readonly overwrite: boolean;
  readonly signal: AbortSignal | undefined;
}

/** A conversation as it came in: a complete file under a temporary name. */
interface Received {
  readonly file: TemporaryFile;
  readonly metadata: Metadata;
  readonly status: ConversationStatus | undefined;
  /** Messages that came in. */
  readonly messages: number;
  readonly duplicates: number;
  /** Messages in the file. */
  readonly total: number;
}

/** Reads one conversation into a temporary file, joined with what came under the same id earlier in this import. */
export async function stageConversation(
  store: StoreDirectory,
  options: StageOptions,
): Promise<StagedConversation> {
  let received = await receive(store, options);
  try {
    const id = received.metadata.conversation_id;
    // what can be no name is refused before anything changes
    store.layout.lockPath(id);
    const earlier = options.staged.get(id)?.received;
    if (earlier) received = await join(store, earlier, received);
    const { counts, identity, isChange } = await compare(store, id, received, options);
    // only now: until here what came before stands for itself
    await earlier?.file.discard();
    const { messages, duplicates, metadata } = received;
    const isNew = identity === undefined;
    const isChanged = counts.added + counts.edited + counts.deleted > 0;
    const before = isNew ? received.status : (await store.find(id))?.status;
    const summary: ImportedConversation = {
      id,
      name: metadata.name ?? undefined,
      isNew,
      messages,
      duplicates,
      ...tally(counts, received, options),
      status: (isNew || !isChanged ? before : undefined) ?? 'unprocessed',
    };
    return { summary, identity, isChange, received };
  } catch (error) {
    throw await afterCleanUp(error, () => received.file.discard());
  }
}

/** What became of the messages that came in: a tombstone replaces another version of its message. */
function tally(
  { added, edited, deleted, unchanged }: ChangeCounts,
  { total }: Received,
  { overwrite }: StageOptions,
): Pick<ImportedConversation, 'added' | 'edited' | 'unchanged' | 'total'> {
  if (overwrite) return { added, edited: total - added - unchanged, unchanged, total };
  const replaced = edited + deleted;
  return {
    added,
    edited: replaced,
    unchanged: total - added - replaced,
    total: added + replaced + unchanged,
  };
}

interface Comparison extends Pick<StagedConversation, 'identity' | 'isChange'> {
  readonly counts: ChangeCounts;
}

/** What the messages that came in would change. */
async function compare(
  store: StoreDirectory,
  id: string,
  { file, total }: Received,
  { overwrite }: StageOptions,
): Promise<Comparison> {
  // others may mark or delete it meanwhile
  await using existing = await store.openIfThere(id);
  if (!existing) {
    const counts = { added: total, edited: 0, deleted: 0, unchanged: 0 };
    return { counts, identity: undefined, isChange: true };
  }
  const recorder = new ChangeCounter();
  await using incoming = await ConversationFile.open(file.path, store);
  const rewriting = { existing, recorder, take: () => undefined };
  const head = await (overwrite ? putIn : mergeIn)(rewriting, incoming);
  const { counts } = recorder;
  const messagesChange = counts.added + counts.edited + counts.deleted > 0;
  const isChange = messagesChange || !isSameHead(await existing.readHead(), head);
  return { counts, identity: existing.identity, isChange };
}

/** Two parts of one conversation as one; the status is as if they had been imported one after the other. */
async function join(store: StoreDirectory, earlier: Received, later: Received): Promise<Received> {
  const recorder = new ChangeCounter();
  const writer = await ConversationWriter.open(store);
  try {
    await using first = await ConversationFile.open(earlier.file.path, store);
    await using second = await ConversationFile.open(later.file.path, store);
    const take: TakeLine = (line) => writer.addLine(line);
    const head = await mergeIn({ existing: first, recorder, take }, second);
    const metadata = { ...head.metadata, ...newRevision(1) };
    await writer.close({ ...head, metadata });
    await later.file.discard();
    const messages = earlier.messages + later.messages;
    const { added, edited, deleted } = recorder.counts;
    const status = added + edited + deleted > 0 ? undefined : earlier.status;
    const { file, count: total } = writer;
    return { file, metadata, status, messages, duplicates: messages - total, total };
  } catch (error) {
    throw await afterCleanUp(error, () => writer.discard());
  }
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
    const received = { metadata, status, messages };
    if (writer.inOrder) return { ...received, file: writer.file, duplicates: 0, total: messages };
    const sorted = await sortInto(store, writer, { metadata, other });
    const { file, count: total } = sorted;
    return { ...received, file, duplicates: messages - total, total };
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
  head: Head,
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
