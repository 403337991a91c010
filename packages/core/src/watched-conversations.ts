import type { ConversationStatus } from '@tgstore/schema';
import { hasCode } from './errors.ts';
import { SMALLEST_IN_PLACE } from './file-snapshot.ts';
import type { StoredFile } from './layout.ts';
import { type FileState, lookAtFile } from './look-at-file.ts';
import type { FileSource } from './settled-files.ts';
import type { StoreDirectory } from './store-directory.ts';

/** The conversations of a store, or those of one status, as files that are watched. */
export function watchedConversations(
  store: StoreDirectory,
  status?: ConversationStatus,
): FileSource {
  return {
    directory: store.path,
    list: () => listIds(store, status),
    keyOf: (name) => {
      const file = store.layout.parse(name);
      // the removal of its undo record is what makes an append valid
      if (!file) return store.layout.idOfUndoRecord(name);
      return status === undefined || file.status === status ? file.id : undefined;
    },
    look: (id) => look(store, id, status),
  };
}

async function listIds(
  store: StoreDirectory,
  status: ConversationStatus | undefined,
): Promise<string[] | undefined> {
  try {
    return await store.listIds(status);
  } catch (error) {
    if (!hasCode(error, 'STORE_NOT_A_STORE')) throw error;
    return (await store.exists(store.path)) ? [] : undefined;
  }
}

async function look(
  store: StoreDirectory,
  id: string,
  status: ConversationStatus | undefined,
): Promise<FileState | undefined> {
  for (const file of store.layout.candidates(id)) {
    if (status !== undefined && file.status !== status) continue;
    const found = await lookAtFile(file.path, store.fileSystem);
    if (!found) continue;
    const state = { ...found, path: file.path };
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
