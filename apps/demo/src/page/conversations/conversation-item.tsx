import { CircleCheck, CircleDashed, TriangleAlert } from 'lucide-react';
import { memo } from 'react';
import { Link } from 'wouter';
import type { ConversationRow } from '../../api/index.ts';
import { Avatar } from '../parts/avatar.tsx';
import { conversationAddress } from '../parts/conversation-address.ts';
import { formatDateTime, formatQuantity, formatShortDate } from '../parts/format.ts';
import { Name } from '../parts/name.tsx';
import { wordsOfType } from './chat-types.ts';
import styles from './conversation-item.module.css';

interface ItemProps {
  readonly row: ConversationRow;
  /** The query of the list, which opening keeps. */
  readonly search: string;
  readonly isOpen: boolean;
  /** Whether Tab leads to it; one of the list is. */
  readonly isActive: boolean;
}

/** A line of the list. */
export const ConversationItem = memo(function ConversationItem(props: ItemProps) {
  const { row, search, isOpen, isActive } = props;
  const { label, icon: TypeIcon } = wordsOfType(row.type);
  return (
    <Link
      href={`${conversationAddress(row.id)}${search}`}
      className={styles.item ?? ''}
      aria-current={isOpen ? 'true' : undefined}
      tabIndex={isActive ? 0 : -1}
      data-id={row.id}
    >
      <Avatar id={row.id} name={row.name} />
      <span className={styles.words}>
        <span className={styles.line}>
          <TypeIcon size={14} aria-label={label} className={styles.type} />
          <Name name={row.name} id={row.id} className={styles.name} />
          {row.lastMessageDate && (
            <time dateTime={row.lastMessageDate} title={formatDateTime(row.lastMessageDate)}>
              {formatShortDate(row.lastMessageDate)}
            </time>
          )}
        </span>
        <span className={styles.line}>
          <span className={styles.facts}>{facts(row)}</span>
          <State row={row} />
        </span>
      </span>
    </Link>
  );
});

function facts({ messageCount, username }: ConversationRow) {
  return (
    <>
      {messageCount !== undefined && formatQuantity(messageCount, 'message')}
      {username && (
        <>
          {' · '}
          <bdi data-secret="">@{username}</bdi>
        </>
      )}
    </>
  );
}

function State({ row }: { readonly row: ConversationRow }) {
  if (row.error || row.failure) {
    return (
      <span className={styles.failed}>
        <TriangleAlert size={13} aria-hidden="true" />
        {row.error ? 'unreadable' : 'failed'}
      </span>
    );
  }
  const isProcessed = row.status === 'processed';
  const Icon = isProcessed ? CircleCheck : CircleDashed;
  return (
    <span className={isProcessed ? styles.processed : styles.unprocessed}>
      <Icon size={13} aria-hidden="true" />
      {row.status}
    </span>
  );
}
