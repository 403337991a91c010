import { hasCode } from './errors.ts';
import { listConversationLocks } from './lock-conversations.ts';
import { lookAtFile } from './look-at-file.ts';
import type { StoreDirectory } from './store-directory.ts';

/**
 * Whether the undo record of a conversation was left by an append that ended before its time. One of a living process is in
 * progress: who has the lock, or is gone, or another one when looked at again.
 */
export async function isInterrupted(store: StoreDirectory, id: string): Promise<boolean> {
  const record = store.layout.undoRecord(id);
  const before = await lookAtFile(record, store.fileSystem);
  if (await isHeld(store, id)) return false;
  const now = await lookAtFile(record, store.fileSystem);
  if (!before || !now) return before === now && (await store.exists(record));
  return before.inode === now.inode && before.changedNs === now.changedNs;
}

async function isHeld(store: StoreDirectory, id: string): Promise<boolean> {
  try {
    const locks = await listConversationLocks(store.path);
    return locks.some(
      (lock) => lock.id === id && lock.state === 'held' && lock.liveness !== 'dead',
    );
  } catch (error) {
    // whoever takes a lock will be told; it proves nobody alive
    if (hasCode(error, 'LOCK_DAMAGED')) return false;
    throw error;
  }
}
