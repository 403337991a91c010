import type { RestoreOutcome } from '../../api/index.ts';

export type RestoreItem = RestoreOutcome['items'][number];
export type RestoreResult = RestoreItem['result'];

/** What would change comes first. */
const ORDER: readonly RestoreResult[] = ['replaced', 'restored', 'existing', 'unchanged'];

export function changes(item: RestoreItem): boolean {
  return item.result === 'restored' || item.result === 'replaced';
}

export function countResults(items: readonly RestoreItem[]): Record<RestoreResult, number> {
  const counts = { restored: 0, replaced: 0, existing: 0, unchanged: 0 };
  for (const { result } of items) counts[result] += 1;
  return counts;
}

/** By what happens to them, then as they came. */
export function sortItems(items: readonly RestoreItem[]): RestoreItem[] {
  return [...items].sort((a, b) => ORDER.indexOf(a.result) - ORDER.indexOf(b.result));
}
