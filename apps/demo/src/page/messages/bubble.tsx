import { Ellipsis, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ShownMessage } from '../../api/index.ts';
import { classNames } from '../parts/class-names.ts';
import { formatDateTime, formatTime } from '../parts/format.ts';
import { Name } from '../parts/name.tsx';
import { personIndex } from '../parts/person.ts';
import { countBigEmoji } from './big-emoji.ts';
import styles from './bubble.module.css';
import { EntityText } from './entity-text.tsx';
import { useMessageActions } from './message-actions.ts';
import { MessageMedia } from './message-media.tsx';
import { Details, Forward, Reactions, ReplyQuote } from './message-parts.tsx';

interface BubbleProps {
  readonly message: ShownMessage;
  readonly showsSender: boolean;
  /** A post of a channel: as wide as the column. */
  readonly isPost?: boolean;
  /** Whether the corner that points at the sender is shown. */
  readonly isLast?: boolean;
}

/** One message: who, what it answers, what it carries, its words, when. */
export function Bubble({ message, showsSender, isPost = false, isLast = true }: BubbleProps) {
  const { text, entities, media, isDeleted, isOutgoing } = message;
  const { conversationId } = useMessageActions();
  const bigEmoji = media || message.replyTo || message.forwardedFrom ? 0 : countBigEmoji(text);
  const meta = <Meta message={message} />;
  return (
    <div
      className={classNames(
        styles.bubble,
        isOutgoing && styles.own,
        isPost && styles.post,
        isLast && styles.last,
        bigEmoji > 0 && styles.bare,
      )}
    >
      {showsSender && <Sender {...message.sender} />}
      {message.forwardedFrom && <Forward name={message.forwardedFrom.name} />}
      {message.replyTo && <ReplyQuote reply={message.replyTo} from={message.id} />}
      {media && <MessageMedia media={media} />}
      <Details details={message.details} />
      <div className={classNames(styles.text, styles[`emoji${bigEmoji}`])} dir="auto">
        {isDeleted ? (
          <Deleted />
        ) : (
          <span data-secret="">
            <EntityText text={text} entities={entities} conversationId={conversationId} />
          </span>
        )}
        {message.reactions.length === 0 && meta}
      </div>
      {message.reactions.length > 0 && (
        <div className={styles.foot}>
          <Reactions reactions={message.reactions} />
          {meta}
        </div>
      )}
      <MenuButton message={message} />
    </div>
  );
}

function Sender({ id, name }: NonNullable<ShownMessage['sender']>) {
  return (
    <div
      className={styles.sender}
      style={{ color: `var(--person-${personIndex(id ?? name ?? '')})` }}
    >
      <Name name={name} id={id} />
    </div>
  );
}

function Deleted(): ReactNode {
  return (
    <em className={styles.deleted}>
      <Trash2 size={15} aria-hidden="true" />
      Deleted message
    </em>
  );
}

/** When it was sent, and whether that is still what it says. */
function Meta({ message }: { readonly message: ShownMessage }) {
  const { showHistory } = useMessageActions();
  const { date, editDate, isDeleted } = message;
  const word = isDeleted ? 'history' : editDate === undefined ? undefined : 'edited';
  return (
    <bdi className={styles.meta}>
      {word &&
        (showHistory ? (
          <button
            type="button"
            className={styles.edited}
            title={editDate && `Edited ${formatDateTime(editDate)}: what it was`}
            onClick={() => showHistory(message)}
          >
            {word}
          </button>
        ) : (
          !isDeleted && word
        ))}
      {date && (
        <time dateTime={date} title={formatDateTime(date)}>
          {formatTime(date)}
        </time>
      )}
    </bdi>
  );
}

function MenuButton({ message }: { readonly message: ShownMessage }) {
  const { showMenu } = useMessageActions();
  if (!showMenu) return null;
  return (
    <button
      type="button"
      className={styles.menu}
      aria-label="Message menu"
      aria-haspopup="dialog"
      tabIndex={-1}
      onClick={(event) => showMenu(message, event.currentTarget)}
    >
      <Ellipsis size={18} aria-hidden="true" />
    </button>
  );
}
