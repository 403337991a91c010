import type { StoredFile } from './layout.ts';
import { settledFiles } from './settled-files.ts';
import type { StoreDirectory } from './store-directory.ts';
import { toSettling, type WatchOptions } from './watch-unprocessed.ts';
import { watchedConversations } from './watched-conversations.ts';

/** Options of {@link EnhancedFileManager.watchConversations}. */
export interface WatchConversationsOptions extends WatchOptions {
  /** Called once all files were looked at: whatever changes after that is given. */
  readonly onReady?: (() => void) | undefined;
}

/** A conversation that came, changed, changed its status, or went. */
export interface ConversationEvent {
  /** Its id. */
  readonly id: string;
  /** As it is now; `undefined` where it went. */
  readonly file: StoredFile | undefined;
}

/**
 * Gives each conversation that comes, changes, changes its status or goes, by whatever program; what is there at the beginning is
 * not given. Of several changes in a row the last one counts. Goes on until `signal` is aborted or the loop is left.
 *
 * Needs memory for each conversation.
 */
export async function* watchConversations(
  store: StoreDirectory,
  { onReady, ...options }: WatchConversationsOptions = {},
): AsyncGenerator<ConversationEvent> {
  const settling = { ...toSettling(options), onlyChanges: true, onReady };
  const files = settledFiles(watchedConversations(store), settling);
  for await (const { key: id, state } of files) {
    const file = store.layout.candidates(id).find(({ path }) => path === state?.path);
    yield { id, file };
  }
}
