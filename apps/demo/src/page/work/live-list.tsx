import { Radio } from 'lucide-react';
import { Link } from 'wouter';
import { useIsConnected } from '../client/server-events.ts';
import { Badge, type Tone } from '../parts/badge.tsx';
import { conversationAddress } from '../parts/conversation-address.ts';
import { formatQuantity, formatTime } from '../parts/format.ts';
import { Name } from '../parts/name.tsx';
import { Panel } from '../parts/view.tsx';
import type { FeedEntry, FeedKind } from './feed.ts';
import { useLiveFeed } from './live-feed.ts';
import styles from './live-list.module.css';

const KINDS: Readonly<Record<FeedKind, readonly [tone: Tone, words: string]>> = {
  new: ['accent', 'new'],
  changed: ['accent', 'changed'],
  processed: ['good', 'processed'],
  unprocessed: ['neutral', 'unprocessed'],
  failed: ['bad', 'failed'],
  removed: ['warn', 'removed'],
};

/** What any process changes in the store, as it happens. */
export function LiveList() {
  const entries = useLiveFeed();
  const isConnected = useIsConnected();
  return (
    <Panel
      title="Live"
      actions={
        isConnected ? (
          <Badge tone="good" icon={Radio}>
            connected
          </Badge>
        ) : (
          <Badge tone="warn">not connected</Badge>
        )
      }
    >
      {entries.length === 0 ? (
        <p className={styles.none}>
          Changes that any process makes show here as they happen: an import, an append, a job, you.
        </p>
      ) : (
        <ol className={styles.list}>
          {entries.map((entry) => (
            <Entry key={entry.number} entry={entry} />
          ))}
        </ol>
      )}
    </Panel>
  );
}

function Entry({ entry }: { readonly entry: FeedEntry }) {
  const { at, kind, conversationId, name, added } = entry;
  const [tone, words] = KINDS[kind];
  const title = <Name id={conversationId} name={name} />;
  return (
    <li className={styles.entry}>
      <time className={styles.time} dateTime={at}>
        {formatTime(at)}
      </time>
      {kind === 'removed' ? title : <Link href={conversationAddress(conversationId)}>{title}</Link>}
      <Badge tone={tone}>{words}</Badge>
      {added !== undefined && (
        <span className={styles.added}>+{formatQuantity(added, 'message')}</span>
      )}
    </li>
  );
}
