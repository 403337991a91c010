import type { SearchEvent } from '../../api/index.ts';

export type Hit = Extract<SearchEvent, { type: 'hit' }>;

/** A line of the list: the heading of a conversation, or a hit in it. */
export type ResultRow =
  | {
      readonly kind: 'heading';
      readonly id: string;
      readonly name: string | undefined;
      readonly hits: number;
    }
  | { readonly kind: 'hit'; readonly hit: Hit };

/** Conversations in the order of their first hits, so that nothing that is read moves while more come in. */
export function resultRows(hits: readonly Hit[]): ResultRow[] {
  const groups = new Map<string, Hit[]>();
  for (const hit of hits) {
    const group = groups.get(hit.conversationId);
    if (group) group.push(hit);
    else groups.set(hit.conversationId, [hit]);
  }
  return [...groups].flatMap(([id, group]): ResultRow[] => [
    { kind: 'heading', id, name: group[0]?.conversationName, hits: group.length },
    ...group.map((hit) => ({ kind: 'hit' as const, hit })),
  ]);
}

export function countConversations(hits: readonly Hit[]): number {
  return new Set(hits.map(({ conversationId }) => conversationId)).size;
}
