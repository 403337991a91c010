import { memo } from 'react';
import type { ChatType } from '../../api/index.ts';
import { Avatar } from '../parts/avatar.tsx';
import { classNames } from '../parts/class-names.ts';
import { formatDateTime, formatDay } from '../parts/format.ts';
import { Bubble } from './bubble.tsx';
import styles from './message-item.module.css';
import type { MessageRow } from './message-rows.ts';

interface ItemProps {
  readonly row: MessageRow;
  readonly type: ChatType | undefined;
  readonly isHighlighted: boolean;
}

/** A message at its side of the column, below the day where it is the first of one. */
export const MessageItem = memo(function MessageItem({ row, type, isHighlighted }: ItemProps) {
  const { message, startsDay, startsGroup, endsGroup } = row;
  return (
    <>
      {startsDay && message.date && (
        <h3 className={styles.day}>
          <time dateTime={message.date}>{formatDay(message.date)}</time>
        </h3>
      )}
      <article
        className={classNames(
          styles.item,
          endsGroup && styles.end,
          isHighlighted && styles.highlighted,
        )}
        tabIndex={-1}
        data-message={message.id}
        aria-label={labelOf(row)}
      >
        {message.service === undefined ? (
          <Sided row={row} type={type} startsGroup={startsGroup} />
        ) : (
          <p className={styles.service} dir="auto" data-secret="">
            {message.service}
          </p>
        )}
      </article>
    </>
  );
});

interface SidedProps {
  readonly row: MessageRow;
  readonly type: ChatType | undefined;
  readonly startsGroup: boolean;
}

function Sided({ row: { message, endsGroup }, type, startsGroup }: SidedProps) {
  const isPost = type === 'channel';
  const hasSenders = type !== 'private' && type !== 'bot' && !isPost;
  const showsPerson = hasSenders && !message.isOutgoing;
  const { id, name } = message.sender ?? {};
  return (
    <div className={classNames(styles.side, message.isOutgoing && !isPost && styles.own)}>
      {showsPerson && (
        <span className={styles.avatar}>
          {endsGroup && <Avatar id={id ?? name ?? ''} name={name} size={34} />}
        </span>
      )}
      <Bubble
        message={message}
        isPost={isPost}
        isLast={endsGroup}
        showsSender={showsPerson && startsGroup}
      />
    </div>
  );
}

function labelOf({ message: { sender, isOutgoing, date } }: MessageRow): string {
  const who = isOutgoing ? 'You' : (sender?.name ?? sender?.id ?? 'Message');
  return date ? `${who}, ${formatDateTime(date)}` : who;
}
