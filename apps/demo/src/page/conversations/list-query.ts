import type { ConversationRow } from '../../api/index.ts';

export const sortKeys = ['last', 'name', 'messages', 'size'] as const;
export type SortKey = (typeof sortKeys)[number];

/** Which conversations the list shows, and in which order; all of it stands in the address. */
export interface ListQuery {
  /** Part of a name, username or id. */
  readonly text: string;
  /** `''`: all. */
  readonly status: string;
  readonly type: string;
  readonly onlyFailed: boolean;
  readonly sort: SortKey;
}

export function parseListQuery(search: URLSearchParams): ListQuery {
  const sort = search.get('sort');
  return {
    text: search.get('filter') ?? '',
    status: search.get('status') ?? '',
    type: search.get('type') ?? '',
    onlyFailed: search.get('failed') === '1',
    sort: sortKeys.find((key) => key === sort) ?? 'last',
  };
}

/** As `?filter=ann&sort=name`; `''` where it is what the bare address means. */
export function formatListQuery({ text, status, type, onlyFailed, sort }: ListQuery): string {
  const search = new URLSearchParams();
  if (text) search.set('filter', text);
  if (status) search.set('status', status);
  if (type) search.set('type', type);
  if (onlyFailed) search.set('failed', '1');
  if (sort !== 'last') search.set('sort', sort);
  return search.size > 0 ? `?${search}` : '';
}

const names = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

export function selectRows(rows: readonly ConversationRow[], query: ListQuery): ConversationRow[] {
  const needle = fold(query.text.trim());
  const selected = rows.filter(
    (row) =>
      (!query.status || row.status === query.status) &&
      (!query.type || row.type === query.type) &&
      (!query.onlyFailed || isFailed(row)) &&
      (!needle || hasText(row, needle)),
  );
  return selected.sort(order[query.sort]);
}

/** Its processing failed, or its file can't be read. */
export function isFailed(row: ConversationRow): boolean {
  return row.failure !== undefined || row.error !== undefined;
}

const order: Record<SortKey, (a: ConversationRow, b: ConversationRow) => number> = {
  last: (a, b) => descending(a.lastMessageDate ?? '', b.lastMessageDate ?? ''),
  name: (a, b) => names.compare(a.name ?? a.id, b.name ?? b.id),
  messages: (a, b) => (b.messageCount ?? -1) - (a.messageCount ?? -1),
  size: (a, b) => b.size - a.size,
};

function descending(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? 1 : -1;
}

function hasText({ name, username, id }: ConversationRow, needle: string): boolean {
  const bare = needle.startsWith('@') ? needle.slice(1) : needle;
  return (
    id.includes(needle) ||
    (name !== undefined && fold(name).includes(needle)) ||
    (username !== undefined && fold(username).includes(bare))
  );
}

function fold(text: string): string {
  return text.normalize('NFKC').toLocaleLowerCase();
}
