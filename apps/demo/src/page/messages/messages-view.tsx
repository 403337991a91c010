import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useLocation, useSearchParams } from 'wouter';
import type { ConversationDetails } from '../../api/index.ts';
import { useConversation } from '../client/conversations.ts';
import { getJson } from '../client/request.ts';
import { useHotkey } from '../parts/use-hotkey.ts';
import { DateBar } from './date-bar.tsx';
import { DetailsDialog } from './details-dialog.tsx';
import { MessagePane, type PaneHandle } from './message-pane.tsx';
import { MessagesHeader } from './messages-header.tsx';
import styles from './messages-view.module.css';

/** One conversation: what it is, and its messages. */
export function MessagesView({ id }: { readonly id: string }) {
  const listed = useConversation(id);
  const details = useQuery({
    queryKey: ['conversation', id],
    queryFn: ({ signal }) =>
      getJson<ConversationDetails>(`/api/conversations/${encodeURIComponent(id)}`, signal),
  });
  const row = listed ?? details.data;
  const pane = useRef<PaneHandle>(null);
  const [isDateOpen, setDateOpen] = useState(false);
  const [areDetailsOpen, setDetailsOpen] = useState(false);
  const [, navigate] = useLocation();
  const [search] = useSearchParams();
  const listAddress = addressOfList(search);
  useHotkey('Escape', () => (isDateOpen ? setDateOpen(false) : navigate(listAddress)));
  useHotkey('f', () => navigate(`/search?conversation=${encodeURIComponent(id)}`));
  useHotkey('d', () => setDateOpen(true));
  useHotkey('i', () => setDetailsOpen(true));
  const first = details.data?.firstMessageDate;
  const last = row?.lastMessageDate ?? details.data?.lastMessageDate;
  return (
    <section className={styles.view} aria-label="Conversation">
      <MessagesHeader
        id={id}
        row={row}
        listAddress={listAddress}
        isDateOpen={isDateOpen}
        onDate={() => setDateOpen(!isDateOpen)}
        onDetails={() => setDetailsOpen(true)}
      />
      {isDateOpen && (
        <DateBar
          first={first}
          last={last}
          onJump={(date) => pane.current?.jumpToDate(date)}
          onClose={() => setDateOpen(false)}
        />
      )}
      <MessagePane ref={pane} id={id} row={row} firstDate={first} lastDate={last} />
      {areDetailsOpen && <DetailsDialog details={details} onClose={() => setDetailsOpen(false)} />}
    </section>
  );
}

/** The list as it was filtered. */
function addressOfList(search: URLSearchParams): string {
  const params = new URLSearchParams(search);
  params.delete('message');
  return params.size > 0 ? `/?${params}` : '/';
}
