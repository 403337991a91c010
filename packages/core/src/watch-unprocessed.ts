import { type WatchDirectory, watchDirectory } from './directory-events.ts';
import { type SettledFilesOptions, settledFiles } from './settled-files.ts';
import type { StoreDirectory } from './store-directory.ts';
import { watchedConversations } from './watched-conversations.ts';

/** Options of {@link EnhancedFileManager.watchUnprocessed}. */
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
  options: WatchOptions = {},
): AsyncGenerator<string> {
  const source = watchedConversations(store, 'unprocessed');
  for await (const { key } of settledFiles(source, toSettling(options))) yield key;
}

/** The options, as {@link settledFiles} has them. */
export function toSettling({
  signal,
  debounceMs = 200,
  rescanMs = 10_000,
  watch = watchDirectory,
}: WatchOptions): SettledFilesOptions {
  return { signal, quietMs: debounceMs, patienceMs: 10 * debounceMs, rescanMs, watch };
}
