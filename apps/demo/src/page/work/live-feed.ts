import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import type { ConversationRow } from '../../api/index.ts';
import { CONVERSATIONS_KEY } from '../client/conversations.ts';
import { type FeedEntry, withEvent } from './feed.ts';
import { rowsDifference } from './rows-difference.ts';

interface Feed {
  readonly subscribe: (listener: () => void) => () => void;
  readonly entries: () => readonly FeedEntry[];
}

const feeds = new WeakMap<QueryClient, Feed>();

/** What changed since the page was opened, the newest first: it goes on while other views are shown. */
export function useLiveFeed(): readonly FeedEntry[] {
  const client = useQueryClient();
  const feed = feeds.get(client) ?? follow(client);
  return useSyncExternalStore(feed.subscribe, feed.entries);
}

/** Compares the list of conversations with what it was, whenever it changes; while it is first read, nothing has changed. */
function follow(client: QueryClient): Feed {
  let known: ReadonlyMap<string, ConversationRow> | undefined;
  let entries: readonly FeedEntry[] = [];
  const listeners = new Set<() => void>();

  const look = () => {
    const state = client.getQueryState<readonly ConversationRow[]>(CONVERSATIONS_KEY);
    if (!state?.data || state.fetchStatus === 'fetching') return;
    if (known) {
      const change = rowsDifference(known, state.data);
      if (change.changed.length === 0 && change.removed.length === 0) return;
      entries = withEvent(entries, known, change, new Date().toISOString());
    }
    known = new Map(state.data.map((row) => [row.id, row]));
    for (const listener of listeners) listener();
  };
  look();
  client.getQueryCache().subscribe(({ type, query }) => {
    if (type === 'updated' && query.queryKey[0] === CONVERSATIONS_KEY[0]) look();
  });

  const feed: Feed = {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    entries: () => entries,
  };
  feeds.set(client, feed);
  return feed;
}
