import { ArrowLeft, CalendarDays, ChartColumn, Info, Search } from 'lucide-react';
import { Link } from 'wouter';
import type { ConversationRow } from '../../api/index.ts';
import { wordsOfType } from '../conversations/chat-types.ts';
import { Avatar } from '../parts/avatar.tsx';
import { StatusBadge } from '../parts/badge.tsx';
import { IconButton } from '../parts/button.tsx';
import { formatQuantity } from '../parts/format.ts';
import { Name } from '../parts/name.tsx';
import styles from './messages-view.module.css';
import { StatusButton } from './status-button.tsx';

interface HeaderProps {
  readonly id: string;
  readonly row: ConversationRow | undefined;
  /** Where the way back leads on a phone. */
  readonly listAddress: string;
  readonly isDateOpen: boolean;
  readonly onDate: () => void;
  readonly onDetails: () => void;
}

/** Which conversation this is, and what can be done with it. */
export function MessagesHeader(props: HeaderProps) {
  const { id, row, listAddress, isDateOpen, onDate, onDetails } = props;
  const query = `?conversation=${encodeURIComponent(id)}`;
  return (
    <header className={styles.header}>
      <title>{`${titleOf(row, id)} · tgstore`}</title>
      <Link href={listAddress} className={styles.back ?? ''} aria-label="Back to the list">
        <ArrowLeft size={21} aria-hidden="true" />
      </Link>
      <Avatar id={id} name={row?.name} size={38} />
      <div className={styles.who}>
        <h1 className={styles.name} tabIndex={-1}>
          <Name name={row?.name} id={id} />
        </h1>
        {row && (
          <p className={styles.facts}>
            <span className={styles.words}>
              {wordsOfType(row.type).label}
              {row.messageCount !== undefined &&
                ` · ${formatQuantity(row.messageCount, 'message')}`}
            </span>
            <span className={styles.wide}>
              <StatusBadge status={row.status} />
            </span>
          </p>
        )}
      </div>
      <div className={styles.buttons}>
        {row && !row.error && <StatusButton row={row} />}
        <Link
          href={`/search${query}`}
          className={styles.link ?? ''}
          aria-label="Search in this conversation"
          title="Search in this conversation"
        >
          <Search size={19} aria-hidden="true" />
        </Link>
        <Link
          href={`/pictures${query}`}
          className={`${styles.link} ${styles.wide}`}
          aria-label="Pictures of this conversation"
          title="Pictures of this conversation"
        >
          <ChartColumn size={19} aria-hidden="true" />
        </Link>
        <IconButton
          icon={CalendarDays}
          label="Jump to a date"
          aria-expanded={isDateOpen}
          onClick={onDate}
        />
        <IconButton icon={Info} label="Details" aria-haspopup="dialog" onClick={onDetails} />
      </div>
    </header>
  );
}

/** The private mode keeps names out of the window's title too. */
function titleOf(row: ConversationRow | undefined, id: string): string {
  return document.documentElement.dataset.private === undefined ? (row?.name ?? id) : 'Chat';
}
