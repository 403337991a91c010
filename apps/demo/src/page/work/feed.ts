import type { ConversationRow, ServerEvents } from '../../api/index.ts';

export type FeedKind = 'new' | 'changed' | 'processed' | 'unprocessed' | 'failed' | 'removed';

/** A change that some process made. */
export interface FeedEntry {
  /** Counts up; names the entry. */
  readonly number: number;
  /** When this page heard of it; ISO 8601. */
  readonly at: string;
  readonly kind: FeedKind;
  readonly conversationId: string;
  readonly name?: string | undefined;
  /** How many messages came. */
  readonly added?: number | undefined;
}

const MAXIMUM = 100;

/** Entries with those of one event before them: newest first, the last hundred. */
export function withEvent(
  entries: readonly FeedEntry[],
  known: ReadonlyMap<string, ConversationRow>,
  { changed, removed }: ServerEvents['conversations'],
  at: string,
): readonly FeedEntry[] {
  let number = entries[0]?.number ?? 0;
  const added: FeedEntry[] = [];
  for (const row of changed) {
    const before = known.get(row.id);
    const kind = kindOf(row, before);
    const more = (row.messageCount ?? 0) - (before?.messageCount ?? 0);
    number += 1;
    added.unshift({
      number,
      at,
      kind,
      conversationId: row.id,
      name: row.name,
      added: (kind === 'new' || kind === 'changed') && more > 0 ? more : undefined,
    });
  }
  for (const id of removed) {
    number += 1;
    added.unshift({
      number,
      at,
      kind: 'removed',
      conversationId: id,
      name: known.get(id)?.name,
    });
  }
  return [...added, ...entries].slice(0, MAXIMUM);
}

function kindOf(row: ConversationRow, before: ConversationRow | undefined): FeedKind {
  if (!before) return 'new';
  if (row.failure && row.failure.attempts !== (before.failure?.attempts ?? 0)) return 'failed';
  if (row.messageCount !== before.messageCount) return 'changed';
  if (row.status === before.status) return 'changed';
  return row.status === 'processed' ? 'processed' : 'unprocessed';
}
