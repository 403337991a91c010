// How the content of a conversation changes, under its lock.
// 1. The new content is written beside the old one and synced, or is no more than another end of it; the change log is written; only then
//    anything is renamed, or the end written.
// 2. Content changes only under the unprocessed name: no crash leaves changed content under the processed one.
// 3. Where no message changes, the status stays.

import { isDeepStrictEqual } from 'node:util';
import type { ConversationStatus, Metadata } from '@tgstore/schema';
import { type ChangeCounts, ChangeLogWriter, type ChangeRecorder } from './change-log.ts';
import type { Head } from './content-source.ts';
import { type ContentVersion, isSameVersion, versionOf } from './content-version.ts';
import { ConversationFile } from './conversation-file.ts';
import type { HeldGuard } from './conversation-guard.ts';
import { ConversationWriter } from './conversation-writer.ts';
import { afterCleanUp } from './errors.ts';
import { findSplices, type LineChange } from './find-splices.ts';
import type { StoredFile } from './layout.ts';
import type { TakeLine } from './merge-lines.ts';
import type { NewContent } from './new-content.ts';
import { newRevision } from './revision.ts';
import { SplicedContent } from './spliced-content.ts';
import { processedNow, readState, updateState } from './state-file.ts';
import type { StoreDirectory } from './store-directory.ts';

/** What a change of content did. */
export interface ContentChange extends ChangeCounts {
  /** Counts changes of content; as before where nothing changed. */
  readonly revision: number;
  /** Its status afterwards: what gained or changed a message is unprocessed. */
  readonly status: ConversationStatus;
  /** Whether the conversation was not there before. */
  readonly isNew: boolean;
}

export interface Rewriting {
  /** The content as it is; `undefined` for a new conversation. */
  readonly existing: ConversationFile | undefined;
  readonly recorder: ChangeRecorder;
  readonly take: TakeLine;
}

export interface Splicing {
  readonly changes: readonly LineChange[];
  /** What will stand beside the messages. */
  readonly head: Head;
}

export interface ChangeContentOptions {
  /** Its file, the only one; `undefined` for a new conversation. */
  readonly found: StoredFile | undefined;
  readonly operation: string;
  /** Writes the file anew although its content stays. @default false */
  readonly always?: boolean | undefined;
  /** What becomes of single messages, in the order of ids: does the same as `rewrite`, where that can be done in a few places of the file. */
  readonly splice?: ((existing: ConversationFile) => Promise<Splicing>) | undefined;
  /** Hands the messages of the new content to `take`, in order, tells `recorder` of each, and resolves to what stands beside them. */
  readonly rewrite: (rewriting: Rewriting) => Promise<Head>;
}

/** Gives a conversation new content, or leaves it as it is where that is the same. To be called under its lock, where no append is interrupted. */
export async function changeContent(
  store: StoreDirectory,
  id: string,
  held: HeldGuard,
  { found, operation, always = false, ...how }: ChangeContentOptions,
): Promise<ContentChange> {
  await using existing = found && (await ConversationFile.open(found.path, store));
  const before = existing && (await existing.readHead());
  const current = existing && before && versionOf(before.metadata, existing.size);
  const draft = await draftContent(store, id, { existing, current, held, ...how });
  const { log, content, head } = draft;
  try {
    const { added, edited, deleted } = log.counts;
    const messagesChanged = added + edited + deleted > 0;
    const isChanged = messagesChanged || !before || always || !isSameHead(before, head);
    if (!isChanged) {
      await content.discard();
      return { ...log.counts, ...stateOf(current, found) };
    }
    const revision = (current?.revision ?? 0) + 1;
    const metadata = { ...head.metadata, ...newRevision(revision) };
    const version = versionOf(metadata, await content.close({ ...head, metadata }));
    if (found) await log.commit(version, { operation });
    const keepsStatus = !messagesChanged && found?.status === 'processed';
    await publish(store, id, held, { content, found, current, version, keepsStatus });
    const status = keepsStatus ? 'processed' : 'unprocessed';
    return { ...log.counts, revision, status, isNew: !found };
  } catch (error) {
    throw await afterDiscarding(error, draft);
  }
}

interface Drafting extends Pick<ChangeContentOptions, 'rewrite' | 'splice'> {
  readonly existing: ConversationFile | undefined;
  readonly current: ContentVersion | undefined;
  readonly held: HeldGuard;
}

/** New content that waits for its metadata, and the entry of the change log that tells of it. */
interface Draft {
  readonly content: NewContent;
  readonly head: Head;
  readonly log: ChangeLogWriter;
}

async function draftContent(store: StoreDirectory, id: string, how: Drafting): Promise<Draft> {
  return (await draftSplices(store, id, how)) ?? (await draftRewriting(store, id, how));
}

async function draftSplices(
  store: StoreDirectory,
  id: string,
  { existing, current, held, splice }: Drafting,
): Promise<Draft | undefined> {
  if (!existing || !splice) return undefined;
  const log = new ChangeLogWriter(store, id, { current, held });
  try {
    const { changes, head } = await splice(existing);
    const splices = await findSplices(existing, changes, log);
    if (splices) {
      return { content: new SplicedContent(store, splices, { id, existing, held }), head, log };
    }
  } catch (error) {
    throw await afterCleanUp(error, () => log.abort());
  }
  await log.abort();
  return undefined;
}

async function draftRewriting(
  store: StoreDirectory,
  id: string,
  { existing, current, held, rewrite }: Drafting,
): Promise<Draft> {
  const log = new ChangeLogWriter(store, id, { current, held });
  const content = await ConversationWriter.open(store);
  try {
    const take: TakeLine = (line) => content.addLine(line);
    return { content, head: await rewrite({ existing, recorder: log, take }), log };
  } catch (error) {
    throw await afterDiscarding(error, { content, log });
  }
}

async function afterDiscarding(
  error: unknown,
  { content, log }: Pick<Draft, 'content' | 'log'>,
): Promise<unknown> {
  const failure = await afterCleanUp(error, () => content.discard());
  return await afterCleanUp(failure, () => log.abort());
}

interface Publication {
  readonly content: NewContent;
  readonly found: StoredFile | undefined;
  readonly current: ContentVersion | undefined;
  readonly version: ContentVersion;
  readonly keepsStatus: boolean;
}

async function publish(
  store: StoreDirectory,
  id: string,
  held: HeldGuard,
  { content, found, current, version, keepsStatus }: Publication,
): Promise<void> {
  const target = store.layout.file(id, 'unprocessed');
  held.assertHeld();
  if (!content.isInPlace) await store.confirmAppends(current?.size ?? 0);
  if (found?.status === 'processed') await rememberProcessed(store, id, current);
  held.assertHeld();
  if (found && found.path !== target.path) await store.rename(found, target);
  held.assertHeld();
  await content.publish(target.path, { exclusive: !found });
  if (!keepsStatus) return;
  await updateState(store, id, { processed: processedNow(version) });
  held.assertHeld();
  await store.rename(target, store.layout.file(id, 'processed'));
}

/** What carries the processed name was processed, whoever marked it: what comes then is the change since. */
async function rememberProcessed(
  store: StoreDirectory,
  id: string,
  current: ContentVersion | undefined,
): Promise<void> {
  if (!current) return;
  const { processed } = await readState(store, id);
  if (isSameVersion(processed, current)) return;
  await updateState(store, id, { processed: processedNow(current) });
}

function stateOf(
  current: ContentVersion | undefined,
  found: StoredFile | undefined,
): Pick<ContentChange, 'revision' | 'status' | 'isNew'> {
  return {
    revision: current?.revision ?? 0,
    status: found?.status ?? 'unprocessed',
    isNew: !found,
  };
}

/** Whether two heads say the same, but for what each writing sets anew. */
export function isSameHead(before: Head, after: Head): boolean {
  const beside = isDeepStrictEqual(before.other ?? {}, after.other ?? {});
  return beside && isDeepStrictEqual(lasting(before.metadata), lasting(after.metadata));
}

function lasting(metadata: Metadata): unknown {
  const entries = Object.entries(metadata).filter(([key]) => !SET_ANEW.has(key));
  return withoutNulls(Object.fromEntries(entries));
}

// absent or null makes no difference
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== null && item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutNulls(item)]));
}

const SET_ANEW = new Set([
  'revision',
  'revision_id',
  'last_update',
  'source',
  'schema_version',
  'message_count',
  'last_message_id',
  'last_message_date',
]);
