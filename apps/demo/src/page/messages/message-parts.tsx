import { Forward as ForwardIcon, Reply as ReplyIcon, Star } from 'lucide-react';
import type { Detail, Reply, ShownReaction } from '../../api/index.ts';
import { formatShortCount } from '../parts/format.ts';
import { Name } from '../parts/name.tsx';
import { useMessageActions } from './message-actions.ts';
import styles from './message-parts.module.css';

/** Of whom a message first was. */
export function Forward({ name }: { readonly name: string | undefined }) {
  return (
    <div className={styles.forward}>
      <ForwardIcon size={14} aria-hidden="true" />
      {name === undefined ? (
        'Forwarded from a deleted account'
      ) : (
        <span>
          Forwarded from <Name name={name} />
        </span>
      )}
    </div>
  );
}

interface ReplyQuoteProps {
  readonly reply: Reply;
  /** The message that answers. */
  readonly from: string;
}

/** The beginning of the message that is answered; leads there. */
export function ReplyQuote({ reply, from }: ReplyQuoteProps) {
  const { jump } = useMessageActions();
  const isKnown = reply.senderName !== undefined || reply.excerpt !== undefined;
  if (!isKnown) {
    return (
      <div className={styles.reply}>
        <span className={styles.excerpt}>A message that is not in the store</span>
      </div>
    );
  }
  const inside = (
    <>
      <span className={styles.replySender}>
        <ReplyIcon size={13} aria-hidden="true" />
        <Name name={reply.senderName} id="Unknown" />
      </span>
      {reply.excerpt !== undefined && (
        <bdi className={styles.excerpt} data-secret="">
          {reply.excerpt}
        </bdi>
      )}
    </>
  );
  if (!jump) return <div className={styles.reply}>{inside}</div>;
  return (
    <button type="button" className={styles.reply} onClick={() => jump(reply.id, from)}>
      {inside}
    </button>
  );
}

const kindWords = { emoji: '', custom_emoji: 'custom emoji', paid: 'stars', unknown: 'reaction' };

export function Reactions({ reactions }: { readonly reactions: readonly ShownReaction[] }) {
  return (
    <ul className={styles.reactions} aria-label="Reactions">
      {reactions.map(({ emoji, kind, count }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they have no other identity
        <li key={index} className={styles.reaction} title={kindWords[kind] || undefined}>
          {emoji ?? (kind === 'paid' ? <Star size={14} aria-label="Stars" /> : kindWords[kind])}
          <span>{formatShortCount(count)}</span>
        </li>
      ))}
    </ul>
  );
}

/** What else a message has in words: a poll, a contact, a place, its buttons. */
export function Details({ details }: { readonly details: readonly Detail[] }) {
  if (details.length === 0) return null;
  return (
    <dl className={styles.details}>
      {details.map(({ label, value }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: labels repeat, as those of answers do
        <div key={index}>
          <dt>{label}</dt>
          <dd dir="auto" data-secret="">
            {value}
          </dd>
        </div>
      ))}
    </dl>
  );
}
