import { removeDurably } from '@tgstore/fs';
import { findNames } from './change-conversation.ts';
import { forgetConversation } from './claims.ts';
import type { HeldGuard } from './conversation-guard.ts';
import type { StoreDirectory } from './store-directory.ts';
import { takeBackAppend } from './take-back-append.ts';

/** Deletes a conversation under all its names, and what is known of it. To be called under its lock. */
export async function deleteConversation(
  store: StoreDirectory,
  id: string,
  held: HeldGuard,
): Promise<void> {
  await store.findOrFail(id);
  await takeBackAppend(store, id);
  held.assertHeld();
  await forgetConversation(store, id);
  for (const { path } of await findNames(store, id)) {
    held.assertHeld();
    await removeDurably(path, store.io);
  }
}
