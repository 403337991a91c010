import { breakLock, inspectLocks, type LockInfo, withLock } from '@tgstore/lock';
import type { ConversationGuard } from './conversation-guard.ts';
import { StoreLayout } from './layout.ts';

/** How changes wait for each other. */
export interface LockConversationsOptions {
  /** How long to wait for another process, in milliseconds. @default 10_000 */
  readonly timeoutMs?: number | undefined;
  /** Called once for a conversation after half a second of waiting, with who has it. */
  readonly onWait?: ((id: string, holder: LockInfo) => void) | undefined;
  /** Allows stores on NFS, SMB, FUSE and the like, where locks may not hold. @default false */
  readonly allowNetworkFileSystem?: boolean | undefined;
}

/**
 * Guards the conversations of a store by locks between processes, one for each conversation whatever its status.
 *
 * @throws {@link LockError} from the guard: `LOCK_TIMEOUT`, `LOCK_LOST`, `LOCK_REENTRANT`
 */
export function lockConversations(
  storageDir: string,
  { onWait, ...options }: LockConversationsOptions = {},
): ConversationGuard {
  const layout = new StoreLayout(storageDir);
  return async (id, operation, change) => {
    const tell = onWait && ((holder: LockInfo): void => onWait(id, holder));
    const lockOptions = { ...options, directory: layout.locksDirectory, operation, onWait: tell };
    return await withLock(layout.lockPath(id), lockOptions, (lock) =>
      change({ assertHeld: () => lock.assertHeld() }),
    );
  };
}

/** One who holds or waits for the lock of a conversation. */
export interface ConversationLock extends LockInfo {
  /** The id of its conversation. */
  readonly id: string;
}

/** Who holds and who waits for which conversation of a store; takes no lock. */
export async function listConversationLocks(storageDir: string): Promise<ConversationLock[]> {
  const layout = new StoreLayout(storageDir);
  const locks = await inspectLocks(layout.locksDirectory);
  return locks.map((lock) => ({ ...lock, id: layout.lockedId(lock.path) ?? lock.path }));
}

/**
 * Breaks the lock of a conversation, for a person who looked into it; resolves to who had it.
 *
 * @throws {@link LockError} `LOCK_ALIVE` where a holder is not proved dead and `force` is not set
 */
export async function breakConversationLock(
  storageDir: string,
  id: string,
  { force = false }: { readonly force?: boolean | undefined } = {},
): Promise<ConversationLock[]> {
  const layout = new StoreLayout(storageDir);
  const broken = await breakLock(layout.lockPath(id), { force, directory: layout.locksDirectory });
  return broken.map((lock) => ({ ...lock, id }));
}
