import { type QueryClient, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { ConversationRow, ServerEvents } from '../../api/index.ts';
import { getLines } from './request.ts';

export const CONVERSATIONS_KEY = ['conversations'] as const;

/** How often a list that is still coming is shown. */
const SHOW_EVERY_MS = 150;

/** What changed while a list was coming: it may tell of rows as they were before. `undefined`: gone. */
const changedMeanwhile = new Map<string, ConversationRow | undefined>();

/** All conversations, in the server's order; server events keep them fresh. `isFetching` while more are coming. */
export function useConversations() {
  return useQuery({
    queryKey: CONVERSATIONS_KEY,
    queryFn: ({ client, signal }) => streamRows(client, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** One of them; `undefined` while it is not known. */
export function useConversation(id: string | undefined): ConversationRow | undefined {
  const { data } = useConversations();
  return useMemo(() => data?.find((row) => row.id === id), [data, id]);
}

/** Puts into the list what a server event, or an answer, says. */
export function applyChanges(client: QueryClient, change: ServerEvents['conversations']): void {
  if (client.isFetching({ queryKey: CONVERSATIONS_KEY })) {
    for (const row of change.changed) changedMeanwhile.set(row.id, row);
    for (const id of change.removed) changedMeanwhile.set(id, undefined);
  }
  client.setQueryData<readonly ConversationRow[]>(CONVERSATIONS_KEY, (rows) => {
    if (!rows) return rows;
    const changes = new Map<string, ConversationRow | undefined>();
    for (const row of change.changed) changes.set(row.id, row);
    for (const id of change.removed) changes.set(id, undefined);
    return withChanges(rows, changes);
  });
}

async function streamRows(client: QueryClient, signal: AbortSignal): Promise<ConversationRow[]> {
  changedMeanwhile.clear();
  const isFirst = client.getQueryData(CONVERSATIONS_KEY) === undefined;
  const rows: ConversationRow[] = [];
  let shownAt = performance.now();
  for await (const row of getLines<ConversationRow>('/api/conversations', signal)) {
    rows.push(row);
    if (isFirst && performance.now() - shownAt > SHOW_EVERY_MS) {
      client.setQueryData(CONVERSATIONS_KEY, rows.slice());
      shownAt = performance.now();
    }
  }
  return withChanges(rows, changedMeanwhile);
}

function withChanges(
  rows: readonly ConversationRow[],
  changes: ReadonlyMap<string, ConversationRow | undefined>,
): ConversationRow[] {
  const rest = new Map(changes);
  const result: ConversationRow[] = [];
  for (const row of rows) {
    const changed = rest.has(row.id) ? rest.get(row.id) : row;
    rest.delete(row.id);
    if (changed) result.push(changed);
  }
  for (const added of rest.values()) if (added) result.push(added);
  return result;
}
