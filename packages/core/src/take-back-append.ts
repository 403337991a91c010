import { recoverTail } from '@tgstore/fs';
import { quarantine } from './quarantine.ts';
import type { StoreDirectory } from './store-directory.ts';

/** What became of an append that was interrupted; `none` where there was none. */
export type TakenBack = 'none' | 'taken-back' | 'never-began' | 'quarantined';

/**
 * Takes back what an interrupted append left, by its undo record. A record that does not fit the file goes to quarantine, and the
 * file stays as it is. To be called under the lock of the conversation.
 */
export async function takeBackAppend(store: StoreDirectory, id: string): Promise<TakenBack> {
  const record = store.layout.undoRecord(id);
  if (!(await store.exists(record))) return 'none';
  const { path } = (await store.find(id)) ?? store.layout.file(id, 'unprocessed');
  const result = await recoverTail(path, record, store.io);
  if (result === 'mismatch') await quarantine(store, record);
  return RESULTS[result];
}

const RESULTS = {
  none: 'none',
  'rolled-back': 'taken-back',
  void: 'never-began',
  mismatch: 'quarantined',
} as const;
