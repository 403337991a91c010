import { memo } from 'react';
import { Link } from 'wouter';
import type { ShownMessage } from '../../api/index.ts';
import { conversationAddress } from '../parts/conversation-address.ts';
import { formatDateTime } from '../parts/format.ts';
import { Name } from '../parts/name.tsx';
import { personIndex } from '../parts/person.ts';
import type { Hit } from './groups.ts';
import styles from './hit-card.module.css';
import { snippetOf } from './snippet.ts';

/** A message that was found, between its neighbours; all of it leads there. */
export const HitCard = memo(function HitCard({ hit }: { readonly hit: Hit }) {
  const { conversationId, message, matches, before, after } = hit;
  const address = `${conversationAddress(conversationId)}?${new URLSearchParams({ message: message.id })}`;
  const earlier = before.at(-1);
  const later = after[0];
  return (
    <div className={styles.place}>
      <Link href={address} className={styles.card}>
        {earlier && <Neighbour message={earlier} />}
        <div className={styles.hit}>
          <div className={styles.head}>
            <Sender message={message} />
            {message.date && <time dateTime={message.date}>{formatDateTime(message.date)}</time>}
          </div>
          <p className={styles.text} dir="auto" data-secret="">
            {snippetOf(message.text, matches).map(({ text, isMatch }, index) =>
              // biome-ignore lint/suspicious/noArrayIndexKey: parts have nothing but their order
              isMatch ? <mark key={index}>{text}</mark> : text,
            )}
          </p>
        </div>
        {later && <Neighbour message={later} />}
      </Link>
    </div>
  );
});

function Neighbour({ message }: { readonly message: ShownMessage }) {
  return (
    <p className={styles.neighbour}>
      <Name name={message.sender?.name} id={message.sender?.id} />
      {': '}
      <span dir="auto" data-secret="">
        {message.text.slice(0, 160) ||
          message.service ||
          message.media?.kind.replaceAll('_', ' ') ||
          '…'}
      </span>
    </p>
  );
}

function Sender({ message: { sender, isOutgoing } }: { readonly message: ShownMessage }) {
  if (!sender?.name && !sender?.id) return <span>{isOutgoing ? 'You' : 'Unknown'}</span>;
  return (
    <span
      className={styles.sender}
      style={{ color: `var(--person-${personIndex(sender.id ?? sender.name ?? '')})` }}
    >
      <Name name={sender.name} id={sender.id} />
    </span>
  );
}
