import { Square } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from '../parts/button.tsx';
import { formatQuantity } from '../parts/format.ts';
import { Spinner } from '../parts/progress.tsx';
import { countConversations } from './groups.ts';
import styles from './search-status.module.css';
import type { SearchRun } from './use-search-run.ts';

interface SearchStatusProps {
  readonly run: SearchRun;
  readonly onStop: () => void;
}

/** How many hits there are. Numbers that run are for eyes; ears are told when it begins and ends. */
export function SearchStatus({ run, onStop }: SearchStatusProps) {
  if (run.state === 'idle') return null;
  const isRunning = run.state === 'running';
  return (
    <div className={styles.status}>
      {isRunning && <Spinner />}
      <span className={styles.count}>{countOf(run)}</span>
      {isRunning && (
        <Button icon={Square} onClick={onStop}>
          Stop
        </Button>
      )}
      <Announcement text={isRunning ? 'Searching' : countOf(run)} />
    </div>
  );
}

/** A live region that is there before it says something, else some screen readers say nothing. */
function Announcement({ text }: { readonly text: string }) {
  const [said, setSaid] = useState('');
  useEffect(() => setSaid(text), [text]);
  return <output className="visually-hidden">{said}</output>;
}

function countOf({ state, hits, isCut }: SearchRun): string {
  const count = formatQuantity(hits.length, 'message');
  const where = formatQuantity(countConversations(hits), 'conversation');
  if (state === 'running') return hits.length === 0 ? 'Searching…' : `${count} in ${where} so far`;
  if (state === 'stopped') return `Stopped: ${count} in ${where} so far`;
  if (state === 'failed')
    return hits.length === 0 ? 'The search failed' : `${count} before it failed`;
  if (isCut) return `The first ${count} in ${where}; there are more`;
  return hits.length === 0 ? 'No messages found' : `${count} in ${where}`;
}
