import type { ConversationRow, ServerEvents } from '../../api/index.ts';

/** What became of a list. Rows that did not change are the same objects in both. */
export function rowsDifference(
  before: ReadonlyMap<string, ConversationRow>,
  after: readonly ConversationRow[],
): ServerEvents['conversations'] {
  const changed: ConversationRow[] = [];
  const removed = new Set(before.keys());
  for (const row of after) {
    removed.delete(row.id);
    const old = before.get(row.id);
    if (old !== row && JSON.stringify(old) !== JSON.stringify(row)) changed.push(row);
  }
  return { changed, removed: [...removed] };
}
