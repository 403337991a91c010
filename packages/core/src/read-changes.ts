import type { FileHandleLike } from '@tgstore/fs';
import {
  checkMessage,
  compareMessageIds,
  type Id,
  type Message,
  ProblemList,
  parseJson,
} from '@tgstore/schema';
import { type IdRange, type LoggedRevision, parseClosing } from './change-log.ts';
import { type ContentVersion, isSameVersion, versionOf } from './content-version.ts';
import type { ConversationFile } from './conversation-file.ts';
import { linesOf, openRecord } from './file-bytes.ts';
import { isInRanges, isWithin, joinRanges, rangeOf } from './id-ranges.ts';
import type { StoreDirectory } from './store-directory.ts';

/** What changed in a conversation between two of its revisions. */
export interface Changes {
  /** Every message counts as changed: nothing was processed before, or what happened since is not known. */
  readonly everything: boolean;
  /** Messages that came, in the order of ids; empty where `everything` is set, as the other lists. */
  readonly added: readonly IdRange[];
  /** Ids of messages that are others now, in order. */
  readonly edited: readonly string[];
  /** Ids of messages that are gone or became tombstones, in order. */
  readonly deleted: readonly string[];
  /** Whether a message was added or edited. */
  includes(messageId: Id): boolean;
}

/** What happened to one message in one revision. */
export interface HistoryEntry {
  /** The revision in which it happened. */
  readonly revision: number;
  /** When that revision was written; ISO 8601, UTC. */
  readonly at: string;
  /** What was done: `append`, `merge`, `delete`, … */
  readonly operation: string;
  /** The message that it happened to. */
  readonly messageId: string;
  /** What happened. */
  readonly kind: 'added' | 'edited' | 'deleted';
  /** The message before; `undefined` where it was added. */
  readonly before: Message | undefined;
}

/** Nothing is known: everything changed. */
export const EVERYTHING: Changes = {
  everything: true,
  added: [],
  edited: [],
  deleted: [],
  includes: () => true,
};

/** What changed from one content, or one revision, to that of `file`. */
export async function readChanges(
  store: StoreDirectory,
  id: string,
  from: ContentVersion | number | string | undefined,
  file: ConversationFile,
): Promise<Changes> {
  if (from === undefined) return EVERYTHING;
  const current = versionOf(await file.readMetadata(), file.size);
  const isFrom = (version: ContentVersion | null): boolean => {
    if (typeof from === 'number') return version?.revision === from;
    if (typeof from === 'string') return version?.revision_id === from;
    return isSameVersion(version, from);
  };
  let changes: ChangeCollector | undefined;
  let reached: ContentVersion | undefined;
  for await (const { closing, lines } of entries(store, id)) {
    // what follows led on from this content, or was to
    if (isSameVersion(closing.previous, current)) break;
    if (!isSameVersion(closing.previous, reached)) changes = undefined;
    if (!changes && isFrom(closing.previous)) changes = new ChangeCollector();
    changes?.add(lines, closing);
    reached = closing;
    // numbers come again after a restore: the first of them goes back further
    const isAgain = changes !== undefined && typeof from === 'number';
    if (isFrom(closing) && !isAgain) changes = new ChangeCollector();
    if (isSameVersion(closing, current)) break;
  }
  if (changes && isSameVersion(reached, current)) return await changes.finish(file);
  const isCurrent = isFrom(current) && !(changes && typeof from === 'number');
  return isCurrent ? await new ChangeCollector().finish(file) : EVERYTHING;
}

/** What happened to a message, or to every message that was edited or deleted, the earliest first. */
export async function* readHistory(
  store: StoreDirectory,
  id: string,
  messageId: string | undefined,
  file: ConversationFile,
): AsyncGenerator<HistoryEntry> {
  let added: HistoryEntry | undefined;
  for await (const entry of tellEach(store, id, messageId, file)) {
    // a range may span a message that was gone then: it came only if something happens to it after that, or if it is there
    if (added && entry.kind !== 'added') yield added;
    added = entry.kind === 'added' ? entry : undefined;
    if (!added) yield entry;
  }
  if (added && (await file.findMessage(added.messageId))) yield added;
}

async function* tellEach(
  store: StoreDirectory,
  id: string,
  messageId: string | undefined,
  file: ConversationFile,
): AsyncGenerator<HistoryEntry> {
  const current = versionOf(await file.readMetadata(), file.size);
  let last: LogEntry | undefined;
  for await (const entry of entries(store, id)) {
    if (last) yield* tellAll(last, messageId);
    last = entry;
  }
  // the last one was logged before it was written, and perhaps never was
  const neverCame =
    isSameVersion(last?.closing.previous, current) && !isSameVersion(last?.closing, current);
  if (last && !neverCame) yield* tellAll(last, messageId);
}

/** Those of the ids that a file has. */
async function keysIn(
  file: ConversationFile,
  wanted: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  if (wanted.length === 0) return found;
  const ranges = joinRanges(wanted.map(rangeOf));
  for await (const { id } of file.messagesWithin(ranges)) found.add(String(id));
  return found;
}

function* tellAll(
  { closing, lines }: LogEntry,
  messageId: string | undefined,
): Generator<HistoryEntry> {
  const { revision, at, operation } = closing;
  for (const line of lines) {
    const told = tell(line, messageId);
    if (told) yield { revision, at, operation, ...told };
  }
}

function tell(
  line: LoggedMessage,
  messageId: string | undefined,
): Pick<HistoryEntry, 'messageId' | 'kind' | 'before'> | undefined {
  if ('added' in line) {
    const [first, last] = line.added;
    if (messageId === undefined || !isWithin(messageId, { first, last })) return undefined;
    return { messageId, kind: 'added', before: undefined };
  }
  const kind = 'edited' in line ? 'edited' : 'deleted';
  const key = 'edited' in line ? line.edited : line.deleted;
  if (messageId !== undefined && messageId !== key) return undefined;
  return { messageId: key, kind, before: line.before };
}

type LoggedMessage =
  | { readonly added: readonly [string, string] }
  | { readonly edited: string; readonly before: Message }
  | { readonly deleted: string; readonly before: Message };

interface LogEntry {
  readonly closing: LoggedRevision;
  readonly lines: readonly LoggedMessage[];
}

/** The whole entries of a log, the earliest first; what is torn is left out. */
async function* entries(store: StoreDirectory, id: string): AsyncGenerator<LogEntry> {
  const handle = await open(store, id);
  if (!handle) return;
  try {
    let lines: LoggedMessage[] = [];
    let isWhole = true;
    for await (const { line } of linesOf(handle)) {
      const closing = parseClosing(line);
      if (closing) {
        if (isWhole) yield { closing, lines };
        lines = [];
        isWhole = true;
        continue;
      }
      const logged = parseLine(line);
      if (logged) lines.push(logged);
      else isWhole = false;
    }
  } finally {
    await handle.close();
  }
}

/**
 * How many lines of the entries of a log can't be read. An entry that was interrupted, or whose content never came, is not counted,
 * whatever a power cut left of it: the next change takes it away.
 */
export async function countDamagedLines(store: StoreDirectory, id: string): Promise<number> {
  const handle = await open(store, id);
  // what stands in its place is no log
  if (!handle) return (await store.exists(store.layout.changesFile(id))) ? 1 : 0;
  let damaged = 0;
  let inEntry = 0;
  try {
    const current = await currentVersion(store, id);
    for await (const { line } of linesOf(handle)) {
      const closing = parseClosing(line);
      if (closing) {
        const neverCame =
          isSameVersion(closing.previous, current) && !isSameVersion(closing, current);
        if (neverCame) break;
        damaged += inEntry;
        inEntry = 0;
      } else if (!parseLine(line)) inEntry += 1;
    }
    return damaged;
  } finally {
    await handle.close();
  }
}

/** `undefined` where the conversation can't be read: that is found elsewhere. */
async function currentVersion(
  store: StoreDirectory,
  id: string,
): Promise<ContentVersion | undefined> {
  try {
    await using file = await store.open(id);
    return versionOf(await file.readMetadata(), file.size);
  } catch {
    return undefined;
  }
}

/** `undefined` where there is none, or no file in its place: then nothing is known. */
async function open(store: StoreDirectory, id: string): Promise<FileHandleLike | undefined> {
  const handle = await openRecord(store.fileSystem, store.layout.changesFile(id));
  return handle === 'foreign' ? undefined : handle;
}

function parseLine(line: Buffer): LoggedMessage | undefined {
  try {
    const logged = parseJson(line.toString('utf8'));
    return isLogged(logged) ? logged : undefined;
  } catch {
    return undefined;
  }
}

function isLogged(value: unknown): value is LoggedMessage {
  if (typeof value !== 'object' || value === null) return false;
  const { added, edited, deleted, before } = value as Record<string, unknown>;
  if ('added' in value) {
    const isRange = Array.isArray(added) && added.length === 2;
    return isRange && added.every((key) => typeof key === 'string');
  }
  const key = 'edited' in value ? edited : deleted;
  return typeof key === 'string' && checkMessage(before, key, new ProblemList());
}

/** What happened to a message, after how many of the ranges: first, and last. */
interface Fate {
  readonly what: 'edited' | 'deleted';
  readonly first: number;
  readonly last: number;
}

/** Puts together what several revisions did. */
class ChangeCollector {
  #everything = false;
  readonly #ranges: IdRange[] = [];
  readonly #fates = new Map<string, Fate>();

  add(lines: readonly LoggedMessage[], { everything }: LoggedRevision): void {
    if (everything) this.#everything = true;
    for (const line of lines) {
      if ('added' in line) this.#ranges.push({ first: line.added[0], last: line.added[1] });
      else if ('edited' in line) this.#meet(line.edited, 'edited');
      else this.#meet(line.deleted, 'deleted');
    }
  }

  async finish(file: ConversationFile): Promise<Changes> {
    if (this.#everything) return EVERYTHING;
    const added = joinRanges(this.#ranges);
    const within = [...this.#fates].filter(([key]) => isInRanges(added, key));
    // gone, with a later range around it: it is back only if it is there
    const gone = within.filter(([key, { what, last }]) => {
      return what === 'deleted' && this.#ranges.slice(last).some((range) => isWithin(key, range));
    });
    const back = await keysIn(
      file,
      gone.map(([key]) => key),
    );
    // it came, and was edited: whoever knew nothing of it needs not be told twice
    const isNew = new Set(within.filter((one) => this.#isNew(one)).map(([key]) => key));
    const edited: string[] = [];
    const deleted: string[] = [];
    for (const [key, { what }] of this.#fates) {
      if (what === 'deleted' && !back.has(key)) deleted.push(key);
      else if (!isNew.has(key)) edited.push(key);
    }
    const missing = new Set(deleted);
    const others = new Set(edited);
    return {
      everything: false,
      added,
      edited: edited.sort(compareMessageIds),
      deleted: deleted.sort(compareMessageIds),
      includes: (messageId) => {
        const key = String(messageId);
        return !missing.has(key) && (others.has(key) || isInRanges(added, key));
      },
    };
  }

  #meet(key: string, what: Fate['what']): void {
    const last = this.#ranges.length;
    this.#fates.set(key, { what, first: this.#fates.get(key)?.first ?? last, last });
  }

  /** Nothing that was there before lies within a range. */
  #isNew([key, { first }]: [string, Fate]): boolean {
    return this.#ranges.slice(0, first).some((range) => isWithin(key, range));
  }
}
