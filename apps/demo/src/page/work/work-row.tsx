import { Link } from 'wouter';
import type { ConversationRow, Failure } from '../../api/index.ts';
import { Button } from '../parts/button.tsx';
import { conversationAddress } from '../parts/conversation-address.ts';
import { formatDateTime, formatQuantity } from '../parts/format.ts';
import { Name } from '../parts/name.tsx';
import styles from './work-row.module.css';

interface WorkRowProps {
  readonly row: ConversationRow;
  readonly isTicked: boolean;
  readonly onTick: () => void;
  /** Absent where nothing may be changed. */
  readonly onMark?: (() => void) | undefined;
  readonly isBusy: boolean;
}

export function WorkRow({ row, isTicked, onTick, onMark, isBusy }: WorkRowProps) {
  const { id, name, messageCount, lastMessageDate, failure, error, status } = row;
  return (
    <div className={styles.row}>
      {onMark && (
        <label className={styles.tick}>
          <span className="visually-hidden">
            Select <Name id={id} name={name} />
          </span>
          <input type="checkbox" checked={isTicked} onChange={onTick} />
        </label>
      )}
      <div className={styles.words}>
        <Link href={conversationAddress(id)} className={styles.name}>
          <Name id={id} name={name} />
        </Link>
        <span className={styles.facts}>
          {messageCount !== undefined && formatQuantity(messageCount, 'message')}
          {lastMessageDate && ` · last ${formatDateTime(lastMessageDate)}`}
        </span>
        {failure && <FailureWords failure={failure} />}
        {error && (
          <p className={styles.failure} dir="auto" data-secret="">
            {error.message}
          </p>
        )}
      </div>
      {onMark && (
        <Button variant="quiet" className={styles.mark} disabled={isBusy} onClick={onMark}>
          Mark {status === 'processed' ? 'unprocessed' : 'processed'}
          <span className="visually-hidden">
            : <Name id={id} name={name} />
          </span>
        </Button>
      )}
    </div>
  );
}

function FailureWords({ failure }: { readonly failure: Failure }) {
  const { attempts, message, nextAttempt } = failure;
  return (
    <>
      <p className={styles.failure} dir="auto" data-secret="">
        {message}
      </p>
      <p className={styles.facts}>
        {formatQuantity(attempts, 'attempt')}
        {nextAttempt ? ` · tried again ${whenOf(nextAttempt)}` : ' · not tried again by itself'}
      </p>
    </>
  );
}

/** Due ones wait for the next job. */
function whenOf(nextAttempt: string): string {
  return Date.parse(nextAttempt) <= Date.now()
    ? 'by the next job'
    : `from ${formatDateTime(nextAttempt)} on`;
}
