import { type WatchDirectory, watchDirectory } from './directory-events.ts';
import { hasCode } from './errors.ts';
import { SMALLEST_IN_PLACE } from './file-snapshot.ts';
import type { StoredFile } from './layout.ts';
import type { FileState } from './settled-files.ts';
import { lookAtFile, settledFiles } from './settled-files.ts';
import type { StoreDirectory } from './store-directory.ts';

export interface WatchOptions {
  /** Ends the iteration, without an error. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How long a file stays as it is before its conversation is given, in milliseconds; one that others write without an
   * end is given after ten times that. @default 200
   */
  readonly debounceMs?: number | undefined;
  /** How often to look at all files, for changes of which no event came, in milliseconds. @default 10_000 */
  readonly rescanMs?: number | undefined;
  /** Where events come from; tests lose some. @default watchDirectory */
  readonly watch?: WatchDirectory | undefined;
}

/**
 * Gives the id of each unprocessed conversation in the order of the list, then of each that comes, changes or becomes
 * unprocessed again, by whatever program. Each state is given at most once; a change during the caller's work comes
 * after it. Waits where there is no store yet, and goes on until `signal` is aborted or the loop is left.
 *
 * Needs memory for each unprocessed conversation.
 */
export async function* watchUnprocessed(
  store: StoreDirectory,
  { signal, debounceMs = 200, rescanMs = 10_000, watch = watchDirectory }: WatchOptions = {},
): AsyncGenerator<string> {
  const source = {
    directory: store.path,
    list: () => unprocessedIds(store),
    keyOf: (name: string) => {
      const file = store.layout.parse(name);
      // the removal of its undo record is what makes an append valid
      if (!file) return store.layout.idOfUndoRecord(name);
      return file.status === 'unprocessed' ? file.id : undefined;
    },
    look: (id: string) => lookAtUnprocessed(store, id),
  };
  const timing = { quietMs: debounceMs, patienceMs: 10 * debounceMs, rescanMs };
  for await (const { key } of settledFiles(source, { ...timing, signal, watch })) yield key;
}

async function unprocessedIds(store: StoreDirectory): Promise<string[] | undefined> {
  try {
    return await store.listIds('unprocessed');
  } catch (error) {
    if (!hasCode(error, 'STORE_NOT_A_STORE')) throw error;
    return (await store.exists(store.path)) ? [] : undefined;
  }
}

async function lookAtUnprocessed(
  store: StoreDirectory,
  id: string,
): Promise<FileState | undefined> {
  for (const file of store.layout.candidates(id)) {
    if (file.status !== 'unprocessed') continue;
    const state = await lookAtFile(file.path, store.fileSystem);
    if (state)
      return (await isAppendedTo(store, file, state)) ? { ...state, size: NOT_YET } : state;
  }
  return undefined;
}

/** Whether readers do not see yet what stands in the file. */
async function isAppendedTo(
  store: StoreDirectory,
  file: StoredFile,
  { size }: FileState,
): Promise<boolean> {
  const record = size < SMALLEST_IN_PLACE ? undefined : store.layout.undoRecordOf(file);
  return record !== undefined && (await store.exists(record));
}

/** The size of a file that is another one to its readers once its undo record is gone. */
const NOT_YET = -1n;
