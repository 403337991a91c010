import { LockOpen } from 'lucide-react';
import { Link } from 'wouter';
import type { Holder, ShownClaim, ShownLock } from '../../api/index.ts';
import { Badge, type Tone } from '../parts/badge.tsx';
import { conversationAddress } from '../parts/conversation-address.ts';
import { ConversationName } from '../parts/conversation-name.tsx';
import { formatQuantity, formatRelative } from '../parts/format.ts';
import { EmptyState, ErrorNotice } from '../parts/notices.tsx';
import { Spinner } from '../parts/progress.tsx';
import { Panel } from '../parts/view.tsx';
import styles from './locks-panel.module.css';
import { useLocks } from './use-locks.ts';

/** Who holds or waits for which conversation, and in whose hands one is to be processed. */
export function LocksPanel() {
  const { data, error, refetch } = useLocks();
  return (
    <>
      <Panel title="Locks" actions={<span className={styles.soft}>looked at every 2 seconds</span>}>
        {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
        {!data && !error && <Spinner label="Reading the locks" />}
        {data?.locks.length === 0 && (
          <EmptyState icon={LockOpen} title="Nobody holds a lock">
            Locks last as long as one change, often less than you can see.
          </EmptyState>
        )}
        {data && data.locks.length > 0 && (
          <ul className={styles.list}>
            {data.locks.map((lock) => (
              <Lock
                key={`${lock.conversationId} ${lock.pid} ${lock.state} ${lock.since}`}
                lock={lock}
              />
            ))}
          </ul>
        )}
      </Panel>
      {data && data.claims.length > 0 && (
        <Panel title={`In hand: ${formatQuantity(data.claims.length, 'conversation')}`}>
          <ul className={styles.list}>
            {data.claims.map((claim) => (
              <Claim key={claim.conversationId} claim={claim} />
            ))}
          </ul>
        </Panel>
      )}
    </>
  );
}

function Lock({ lock }: { readonly lock: ShownLock }) {
  const { conversationId, state, kind, operation } = lock;
  return (
    <li className={styles.item}>
      <div className={styles.head}>
        <Title id={conversationId} />
        <Badge tone={state === 'held' ? 'accent' : 'warn'}>{state}</Badge>
        {kind !== 'exclusive' && <Badge>{kind}</Badge>}
        {operation && <code>{operation}</code>}
      </div>
      <HolderWords holder={lock} />
    </li>
  );
}

function Claim({ claim }: { readonly claim: ShownClaim }) {
  return (
    <li className={styles.item}>
      <div className={styles.head}>
        <Title id={claim.conversationId} />
      </div>
      <HolderWords holder={claim} />
    </li>
  );
}

function Title({ id }: { readonly id: string }) {
  return (
    <Link href={conversationAddress(id)} className={styles.name}>
      <ConversationName id={id} />
    </Link>
  );
}

const TONES: Readonly<Record<string, Tone>> = { alive: 'good', dead: 'bad' };

function HolderWords({ holder: { pid, host, since, liveness } }: { readonly holder: Holder }) {
  return (
    <p className={styles.holder}>
      <span>
        process <code>{pid}</code> on{' '}
        <bdi className={styles.host} data-secret="">
          {host}
        </bdi>
      </span>
      {since && <time dateTime={since}>since {formatRelative(since)}</time>}
      <Badge tone={TONES[liveness] ?? 'neutral'}>{liveness}</Badge>
    </p>
  );
}
