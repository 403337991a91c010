import { Inbox, SearchX } from 'lucide-react';
import { useDeferredValue, useMemo, useRef } from 'react';
import { useLocation, useSearchParams } from 'wouter';
import { useConversations } from '../client/conversations.ts';
import { Button } from '../parts/button.tsx';
import { formatCount, formatQuantity } from '../parts/format.ts';
import { EmptyState, ErrorNotice } from '../parts/notices.tsx';
import { Spinner } from '../parts/progress.tsx';
import { useHotkey } from '../parts/use-hotkey.ts';
import styles from './conversation-list.module.css';
import { ConversationRows, type RowsHandle } from './conversation-rows.tsx';
import { ListFilters } from './list-filters.tsx';
import { formatListQuery, type ListQuery, parseListQuery, selectRows } from './list-query.ts';

/** All conversations, with filters; `openId` is the one whose messages are beside it. */
export function ConversationList({ openId }: { readonly openId: string | undefined }) {
  const { data: rows, error, isFetching, refetch } = useConversations();
  const [query, setQuery] = useListQuery();
  const deferred = useDeferredValue(query);
  const selected = useMemo(() => selectRows(rows ?? [], deferred), [rows, deferred]);
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<RowsHandle>(null);
  const Heading = openId === undefined ? 'h1' : 'h2';
  useHotkey('/', () => input.current?.focus());
  useHotkey('j', () => list.current?.focus(1));
  useHotkey('k', () => list.current?.focus(-1));
  return (
    <section className={styles.list} aria-label="Conversations" data-conversations="">
      <header className={styles.head}>
        <div className={styles.title}>
          <Heading className={styles.heading} tabIndex={-1}>
            Chats
          </Heading>
          <output className={styles.count}>
            {isFetching && <Spinner />}
            {count(selected.length, rows?.length ?? 0)}
          </output>
        </div>
        <ListFilters
          query={query}
          onChange={setQuery}
          onDown={() => list.current?.focus(0)}
          input={input}
        />
      </header>
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {selected.length > 0 && (
        <ConversationRows
          ref={list}
          rows={selected}
          openId={openId}
          search={formatListQuery(deferred)}
          onLeave={() => input.current?.focus()}
        />
      )}
      {rows?.length === 0 && !isFetching && (
        <EmptyState icon={Inbox} title="No conversations yet">
          <code>tgstore import FILE</code> brings some here.
        </EmptyState>
      )}
      {rows && rows.length > 0 && selected.length === 0 && (
        <EmptyState icon={SearchX} title="Nothing matches">
          <Button onClick={() => setQuery(parseListQuery(new URLSearchParams()))}>
            Show all {formatCount(rows.length)}
          </Button>
        </EmptyState>
      )}
    </section>
  );
}

function count(selected: number, all: number): string {
  if (selected === all) return formatCount(all);
  return `${formatCount(selected)} of ${formatQuantity(all, 'chat')}`;
}

/** The query in the address; a change takes no new step in the history. */
function useListQuery() {
  const [search] = useSearchParams();
  const [location, navigate] = useLocation();
  const query = useMemo(() => parseListQuery(search), [search]);
  const setQuery = (next: ListQuery) => {
    const params = new URLSearchParams(formatListQuery(next));
    const message = search.get('message');
    if (message) params.set('message', message);
    navigate(params.size > 0 ? `${location}?${params}` : location, { replace: true });
  };
  return [query, setQuery] as const;
}
