import { basename, join } from 'node:path';
import { isTemporaryName } from '@tgstore/fs';
import { MessageSummary, type Metadata, SCHEMA_VERSION, shownId } from '@tgstore/schema';
import type { ConversationFile } from './conversation-file.ts';
import { hasCode, StoreError } from './errors.ts';
import { isInterrupted } from './interrupted-append.ts';
import { HOW_TO_MEND } from './invalid-file.ts';
import type { StoredFile } from './layout.ts';
import { countDamagedLines } from './read-changes.ts';
import { parseState, readText } from './state-file.ts';
import type { StoreDirectory } from './store-directory.ts';

/** What `check()` finds. Stable within a major version. */
export type CheckCode =
  | 'CHECK_BOTH_NAMES'
  | 'CHECK_CHANGES_DAMAGED'
  | 'CHECK_FOREIGN_ENTRY'
  | 'CHECK_FOREIGN_LAYOUT'
  | 'CHECK_INTERRUPTED_APPEND'
  | 'CHECK_LEFTOVER_LOCK'
  | 'CHECK_ORPHAN'
  | 'CHECK_PERMISSIONS'
  | 'CHECK_RAW_NAME'
  | 'CHECK_STATE_DAMAGED'
  | 'CHECK_TEMPORARY_FILE'
  | 'CHECK_UNREADABLE'
  | 'CHECK_WRONG_ID'
  | 'CHECK_WRONG_METADATA';

/** One finding. */
export interface CheckProblem {
  /** Which kind it is of. */
  readonly code: CheckCode;
  /** A `notice` harms nobody; an `error` should be mended. */
  readonly severity: 'error' | 'notice';
  /** Absolute path of the file it is about. */
  readonly path: string;
  /** The conversation, where it is about one. */
  readonly id?: string | undefined;
  /** What is wrong, in a sentence. */
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** Options of {@link FileManager.check}. */
export interface CheckOptions {
  /** Stops between two conversations; rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each conversation, with how many messages could be read. */
  readonly onConversation?:
    | ((event: { readonly id: string; readonly messages: number }) => void)
    | undefined;
}

/**
 * Reads every conversation of a store whole, in bounded memory, and yields what is wrong: with the directory first, then
 * conversation by conversation. Nothing is changed.
 */
export async function* checkStore(
  store: StoreDirectory,
  { signal, onConversation }: CheckOptions = {},
): AsyncGenerator<CheckProblem> {
  const files = await store.list({ settled: true });
  yield* checkDirectory(store);
  yield* checkRecords(store, new Set(files.map(({ id }) => id)));
  for (const file of files) {
    signal?.throwIfAborted();
    const summary = new MessageSummary();
    yield* checkFile(store, file, summary);
    onConversation?.({ id: file.id, messages: summary.count });
  }
}

async function* checkDirectory(store: StoreDirectory): AsyncGenerator<CheckProblem> {
  const seen = new Map<string, StoredFile>();
  for (const name of await store.fileSystem.readdir(store.path)) {
    const path = store.layout.entry(name);
    const file = store.layout.parse(name);
    const interrupted = store.layout.idOfUndoRecord(name);
    if (file) {
      const other = seen.get(file.id);
      if (other) yield bothNames(file, other);
      seen.set(file.id, file);
    } else if (isTemporaryName(name)) {
      yield notice(
        'CHECK_TEMPORARY_FILE',
        path,
        'a write is in progress, or was interrupted',
        'nothing: the next write removes it if its writer is dead',
      );
    } else if (interrupted !== undefined) {
      if (!(await isInterrupted(store, interrupted))) continue;
      const remedy = 'nothing: the next change takes it back; tgstore recover does it at once';
      yield error(
        'CHECK_INTERRUPTED_APPEND',
        path,
        'an append was interrupted',
        remedy,
        interrupted,
      );
    } else if (name.endsWith('.lock')) {
      yield notice(
        'CHECK_LEFTOVER_LOCK',
        path,
        'a lock file of the original module',
        'nothing, it harms nobody; tgstore migrate moves it away',
      );
    } else if (!OWN_ENTRIES.has(name)) {
      yield notice(
        'CHECK_FOREIGN_ENTRY',
        path,
        'not part of the store',
        'move it away, if it is not meant to be here',
      );
    }
  }
}

/** What the store keeps beside the conversations. */
async function* checkRecords(
  store: StoreDirectory,
  ids: ReadonlySet<string>,
): AsyncGenerator<CheckProblem> {
  const { stateDirectory, changesDirectory } = store.layout;
  for (const directory of [stateDirectory, changesDirectory]) {
    for (const name of await store.namesIn(directory)) {
      if (isTemporaryName(name)) continue;
      const path = join(directory, name);
      const id = store.layout.idOfRecord(name);
      if (id === undefined || !ids.has(id)) yield orphan(path, id);
      else if (directory === stateDirectory) yield* checkState(store, path, id);
      else yield* checkChanges(store, path, id);
    }
  }
}

async function* checkState(
  store: StoreDirectory,
  path: string,
  id: string,
): AsyncGenerator<CheckProblem> {
  const text = await readText(store, path);
  if (text === undefined || parseState(text)) return;
  const what = `the state of conversation ${id} can't be read: it will be processed again`;
  yield error('CHECK_STATE_DAMAGED', path, what, 'run tgstore recover, which moves it away', id);
}

async function* checkChanges(
  store: StoreDirectory,
  path: string,
  id: string,
): AsyncGenerator<CheckProblem> {
  const damaged = await countDamagedLines(store, id);
  if (damaged === 0) return;
  const lines = damaged === 1 ? 'a line' : `${damaged} lines`;
  const what = `${lines} of the change log of conversation ${id} can't be read: its history has a gap`;
  yield error('CHECK_CHANGES_DAMAGED', path, what, 'run tgstore recover, which moves it away', id);
}

function orphan(path: string, id: string | undefined): CheckProblem {
  const what = id === undefined ? 'of no conversation' : `of conversation ${id}, which is gone`;
  return notice('CHECK_ORPHAN', path, what, 'run tgstore recover, which moves it away', id);
}

async function* checkFile(
  store: StoreDirectory,
  file: StoredFile,
  summary: MessageSummary,
): AsyncGenerator<CheckProblem> {
  if (!file.canonical) yield rawName(store, file);
  try {
    await using open = await store.openFile(file);
    yield* await checkContent(store, file, open, summary);
  } catch (failure) {
    if (hasCode(failure, 'ENOENT')) {
      // deleted since the listing, or marked: then it has another name
      const now = await store.find(file.id);
      if (now && now.path !== file.path) yield* checkFile(store, now, summary);
      return;
    }
    if (!isAboutOneFile(failure)) throw failure;
    const what = failure.message.replace(`; ${HOW_TO_MEND}`, '');
    yield error('CHECK_UNREADABLE', file.path, what, HOW_TO_MEND, file.id);
  }
}

function rawName(store: StoreDirectory, { id, status, path }: StoredFile): CheckProblem {
  const what = 'named as the original module does';
  try {
    const canonical = basename(store.layout.file(id, status).path);
    const remedy = `nothing: its next write names it ${canonical}; tgstore migrate does it at once`;
    return notice('CHECK_RAW_NAME', path, what, remedy, id);
  } catch (failure) {
    const why = `${what}, and ${(failure as Error).message}`;
    return error('CHECK_RAW_NAME', path, why, 'give file and conversation_id a shorter id', id);
  }
}

function isAboutOneFile(failure: unknown): failure is Error {
  const codes = ['EACCES', 'EPERM', 'EIO'];
  return failure instanceof StoreError || codes.some((code) => hasCode(failure, code));
}

async function checkContent(
  store: StoreDirectory,
  file: StoredFile,
  open: ConversationFile,
  summary: MessageSummary,
): Promise<CheckProblem[]> {
  const problems: CheckProblem[] = [];
  const { mode } = await store.fileSystem.stat(file.path);
  const metadata = await open.readMetadata();
  for await (const message of open.messages()) summary.add(message);
  for (const what of differences(metadata, summary)) {
    problems.push(
      error(
        'CHECK_WRONG_METADATA',
        file.path,
        what,
        'run tgstore recover, which counts anew',
        file.id,
      ),
    );
  }
  if (metadata.conversation_id !== file.id) {
    const what = `its metadata say conversation ${shownId(metadata.conversation_id)}, its name says ${file.id}`;
    problems.push(
      error(
        'CHECK_WRONG_ID',
        file.path,
        what,
        'correct conversation_id, or rename the file',
        file.id,
      ),
    );
  }
  if (!(await open.isLineLayout()) || metadata.schema_version !== SCHEMA_VERSION) {
    const renamed = (await open.renamedKeys()).map(([from, to]) => `${from} becomes ${to}`);
    const what = ['valid, but not as tgstore writes it', ...renamed].join(', ');
    const remedy = 'nothing: its next write lays it out; tgstore migrate does it at once';
    problems.push(notice('CHECK_FOREIGN_LAYOUT', file.path, what, remedy, file.id));
  }
  if (store.fileSystem.platform !== 'win32' && (mode & 0o077) !== 0) {
    const what = `others on this machine may read it (mode ${(mode & 0o777).toString(8)})`;
    const remedy = `chmod 600 ${basename(file.path)}; tgstore recover does it`;
    problems.push(notice('CHECK_PERMISSIONS', file.path, what, remedy, file.id));
  }
  return problems;
}

function* differences(metadata: Metadata, summary: MessageSummary): Generator<string> {
  const pairs = [
    ['message_count', metadata.message_count, summary.count],
    ['last_message_id', metadata.last_message_id, summary.lastMessageId],
    ['last_message_date', metadata.last_message_date, summary.lastMessageDate],
  ] as const;
  for (const [name, said, found] of pairs) {
    // the original has none of these, which is no fault
    if (said === undefined || said === null || String(said) === String(found)) continue;
    const [shown, counted] = [said, found ?? 'nothing'].map((value) =>
      name === 'last_message_id' ? shownId(String(value)) : value,
    );
    yield `${name} is ${shown}, but the messages say ${counted}`;
  }
}

function bothNames(file: StoredFile, other: StoredFile): CheckProblem {
  const what = `conversation ${file.id} also stands in ${basename(other.path)}`;
  return error(
    'CHECK_BOTH_NAMES',
    file.path,
    what,
    'run tgstore recover, which merges them; readers take the unprocessed one',
    file.id,
  );
}

function error(
  code: CheckCode,
  path: string,
  message: string,
  remedy: string,
  id?: string,
): CheckProblem {
  return { code, severity: 'error', path, ...(id !== undefined && { id }), message, remedy };
}

function notice(
  code: CheckCode,
  path: string,
  message: string,
  remedy: string,
  id?: string,
): CheckProblem {
  return { ...error(code, path, message, remedy, id), severity: 'notice' };
}

const OWN_ENTRIES = new Set(['.tgstore', 'backups']);
