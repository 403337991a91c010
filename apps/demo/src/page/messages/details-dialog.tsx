import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ConversationDetails } from '../../api/index.ts';
import { wordsOfType } from '../conversations/chat-types.ts';
import { Avatar } from '../parts/avatar.tsx';
import { StatusBadge } from '../parts/badge.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { formatBytes, formatCount, formatDateTime } from '../parts/format.ts';
import { Name } from '../parts/name.tsx';
import { ErrorNotice } from '../parts/notices.tsx';
import { Spinner } from '../parts/progress.tsx';
import styles from './messages-view.module.css';

interface DetailsProps {
  readonly details: UseQueryResult<ConversationDetails>;
  readonly onClose: () => void;
}

/** All that the store knows of a conversation but its messages. */
export function DetailsDialog({ details, onClose }: DetailsProps) {
  const { data, error, refetch } = details;
  return (
    <Dialog title="Details" onClose={onClose}>
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Spinner label="Reading" />}
      {data && <Facts {...data} />}
      {data && data.participants.length > 0 && <People people={data.participants} />}
    </Dialog>
  );
}

function Facts(details: ConversationDetails) {
  const { id, name, username, type, status, messageCount, size, path, source } = details;
  return (
    <dl className={styles.details}>
      <Fact label="Name">{name && <Name name={name} />}</Fact>
      <Fact label="Username">{username && <bdi data-secret="">@{username}</bdi>}</Fact>
      <Fact label="Id">
        <code>{id}</code>
      </Fact>
      <Fact label="Type">{wordsOfType(type).label}</Fact>
      <Fact label="Status">
        <StatusBadge status={status} />
      </Fact>
      <Fact label="Failed">
        {details.failure && (
          <span dir="auto" data-secret="">
            {details.failure.message}
          </span>
        )}
      </Fact>
      <Fact label="Messages">{messageCount !== undefined && formatCount(messageCount)}</Fact>
      <Fact label="First message">{dated(details.firstMessageDate)}</Fact>
      <Fact label="Last message">{dated(details.lastMessageDate)}</Fact>
      <Fact label="Revision">
        {details.revision !== undefined && formatCount(details.revision)}
      </Fact>
      <Fact label="Last update">{dated(details.lastUpdate)}</Fact>
      <Fact label="Size">{formatBytes(size)}</Fact>
      <Fact label="File">
        <code data-secret="">
          <bdi>{path}</bdi>
        </code>
      </Fact>
      <Fact label="Source">
        {source && (
          <code data-secret="">
            <bdi>{source}</bdi>
          </code>
        )}
      </Fact>
    </dl>
  );
}

/** Nothing where nothing is known. */
function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  if (!children) return null;
  return (
    <>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </>
  );
}

function dated(date: string | undefined): ReactNode {
  return date && <time dateTime={date}>{formatDateTime(date)}</time>;
}

/** More than this would make the dialog slow; the file has them all. */
const MAX_PEOPLE = 200;

function People({ people }: { readonly people: ConversationDetails['participants'] }) {
  const more = people.length - MAX_PEOPLE;
  return (
    <>
      <h3>Participants ({formatCount(people.length)})</h3>
      <ul className={styles.people}>
        {people.slice(0, MAX_PEOPLE).map(({ id, name }) => (
          <li key={id} className={styles.person}>
            <Avatar id={id} name={name} size={26} />
            <Name name={name} id={id} />
          </li>
        ))}
      </ul>
      {more > 0 && <p>and {formatCount(more)} more</p>}
    </>
  );
}
