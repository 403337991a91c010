import { useQuery } from '@tanstack/react-query';
import { History } from 'lucide-react';
import type { ShownHistoryEntry, ShownMessage } from '../../api/index.ts';
import { getJson } from '../client/request.ts';
import { Badge } from '../parts/badge.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { formatDateTime } from '../parts/format.ts';
import { EmptyState, ErrorNotice } from '../parts/notices.tsx';
import { Spinner } from '../parts/progress.tsx';
import { Bubble } from './bubble.tsx';
import styles from './history-dialog.module.css';
import { MessageActionsContext } from './message-actions.ts';

interface HistoryProps {
  readonly conversationId: string;
  readonly message: ShownMessage;
  readonly onClose: () => void;
}

/** What a message was before it was edited or deleted, as far as the store saw it. */
export function HistoryDialog({ conversationId, message, onClose }: HistoryProps) {
  const path = `/api/conversations/${encodeURIComponent(conversationId)}/messages/${encodeURIComponent(message.id)}/history`;
  const { data, error, refetch } = useQuery({
    queryKey: ['history', conversationId, message.id],
    queryFn: ({ signal }) => getJson<readonly ShownHistoryEntry[]>(path, signal),
    staleTime: 0,
  });
  return (
    <Dialog title="History of the message" onClose={onClose}>
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Spinner label="Reading the change log" />}
      {data?.length === 0 && (
        <EmptyState icon={History} title="No earlier text">
          {message.editDate
            ? 'It was edited before it came into this store.'
            : 'It is as it came into this store.'}
        </EmptyState>
      )}
      {data && data.length > 0 && (
        <MessageActionsContext value={standsAlone}>
          <ol className={styles.list}>
            {data.map((entry) => (
              <Entry key={`${entry.revision}-${entry.kind}`} entry={entry} />
            ))}
            <li className={styles.entry}>
              <Badge tone="accent">now</Badge>
              <Bubble message={message} showsSender={false} />
            </li>
          </ol>
        </MessageActionsContext>
      )}
    </Dialog>
  );
}

/** Messages of the past have no menu, and no history of their own. */
const standsAlone = {};

function Entry({ entry }: { readonly entry: ShownHistoryEntry }) {
  const { kind, at, operation, revision, before } = entry;
  return (
    <li className={styles.entry}>
      <span className={styles.facts}>
        <Badge tone={kind === 'deleted' ? 'bad' : 'neutral'}>
          {kind === 'added' ? 'added' : `until it was ${kind}`}
        </Badge>
        <time dateTime={at}>{formatDateTime(at)}</time>
        <span title={operation}>revision {revision}</span>
      </span>
      {before && <Bubble message={before} showsSender={false} />}
    </li>
  );
}
