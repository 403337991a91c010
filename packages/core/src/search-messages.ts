import { compareMessageIds, type Message } from '@tgstore/schema';
import { hasCode, joinErrors } from './errors.ts';
import { hasStatus } from './listing.ts';
import {
  type MatchOptions,
  type MessageMatcher,
  messageMatcher,
  type TextMatch,
} from './message-matcher.ts';
import { searchConversation } from './search-conversation.ts';
import type { StoreDirectory } from './store-directory.ts';

/** What is searched, and for whom. */
export interface SearchOptions extends MatchOptions {
  /** Only these conversations. @default all */
  readonly ids?: readonly string[] | undefined;
  /** Only processed ones, or only those that are not. @default both */
  readonly processed?: boolean | undefined;
  /** How many messages before and after each hit come with it. @default 0 */
  readonly context?: number | undefined;
  /** Stops; rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Told of a conversation that can't be read. Without it, the search throws after the last hit of the others. */
  readonly onUnreadable?: ((id: string, error: unknown) => void) | undefined;
}

/** A message that was found. */
export interface SearchHit {
  /** Where it is. */
  readonly conversationId: string;
  /** The name of that conversation. */
  readonly conversationName: string | undefined;
  /** The message itself. */
  readonly message: Message;
  /** Where its text matches, in UTF-16 code units; one at least. */
  readonly matches: readonly TextMatch[];
  /** The messages before it, in order; as many as `context` says, as far as there are any. */
  readonly before: readonly Message[];
  /** The messages behind it, as `before`. */
  readonly after: readonly Message[];
}

/** Checks the arguments at once, and searches when it is asked for hits; see `FileManager.searchMessages`. */
export function searchMessages(
  store: StoreDirectory,
  query: string | RegExp,
  options: SearchOptions = {},
): AsyncGenerator<SearchHit> {
  const { context = 0 } = options;
  if (!Number.isSafeInteger(context) || context < 0) {
    throw new TypeError('context must be a number of messages, from 0 on');
  }
  return search(store, messageMatcher(query, options), { ...options, context });
}

async function* search(
  store: StoreDirectory,
  matcher: MessageMatcher,
  { ids, processed, context, signal, onUnreadable }: SearchOptions & { readonly context: number },
): AsyncGenerator<SearchHit> {
  const errors: unknown[] = [];
  const note = onUnreadable ?? ((_id: string, error: unknown) => errors.push(error));
  for (const id of await choose(store, ids, processed)) {
    try {
      yield* searchOne(store, id, matcher, { context, signal });
    } catch (error) {
      signal?.throwIfAborted();
      // deleted since it was listed
      if (!hasCode(error, 'STORE_NOT_FOUND')) note(id, error);
    }
  }
  if (errors.length > 0) throw errors.length === 1 ? errors[0] : joinErrors(errors);
}

async function* searchOne(
  store: StoreDirectory,
  id: string,
  matcher: MessageMatcher,
  options: { readonly context: number; readonly signal: AbortSignal | undefined },
): AsyncGenerator<SearchHit> {
  options.signal?.throwIfAborted();
  await using file = await store.open(id);
  const { name } = await file.readMetadata();
  for await (const { hit, before, after } of searchConversation(file, matcher, options)) {
    yield { conversationId: id, conversationName: name ?? undefined, ...hit, before, after };
    options.signal?.throwIfAborted();
  }
}

/** The ids to search, in order. @throws {@link StoreError} `STORE_NOT_FOUND` */
async function choose(
  store: StoreDirectory,
  ids: readonly string[] | undefined,
  processed: boolean | undefined,
): Promise<string[]> {
  const files = ids
    ? await Promise.all([...new Set(ids)].map((id) => store.findOrFail(id)))
    : await store.list();
  return files
    .filter((file) => hasStatus(file, processed))
    .map(({ id }) => id)
    .sort(compareMessageIds);
}
