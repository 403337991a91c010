import { CircleCheckBig, Inbox } from 'lucide-react';
import { useRef } from 'react';
import { Virtualizer } from 'virtua';
import type { ConversationRow, ConversationStatus } from '../../api/index.ts';
import { Button } from '../parts/button.tsx';
import { Checkbox, chosenOf } from '../parts/checkbox.tsx';
import { formatQuantity } from '../parts/format.ts';
import { EmptyState, ErrorNotice } from '../parts/notices.tsx';
import { Panel } from '../parts/view.tsx';
import type { WorkState } from './sorts.ts';
import { useSelection } from './use-selection.ts';
import { useStatusChange } from './use-status-change.ts';
import styles from './work-list.module.css';
import { WorkRow } from './work-row.tsx';

interface WorkListProps {
  readonly state: WorkState;
  readonly rows: readonly ConversationRow[];
  readonly isReadOnly: boolean;
}

const TITLES: Readonly<Record<WorkState, string>> = {
  unprocessed: 'Unprocessed',
  failed: 'Failed',
  processed: 'Processed',
};

const NOTHING: Readonly<Record<WorkState, string>> = {
  unprocessed: 'Nothing waits',
  failed: 'Nothing failed',
  processed: 'Nothing is processed yet',
};

/** The conversations of one state; those that are ticked can be marked. */
export function WorkList({ state, rows, isReadOnly }: WorkListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const selection = useSelection(rows);
  const change = useStatusChange();
  const status: ConversationStatus = state === 'processed' ? 'unprocessed' : 'processed';
  const mark = (ids: readonly string[]) => change.mutate({ ids, status });
  return (
    <Panel title={TITLES[state]}>
      {!isReadOnly && rows.length > 0 && (
        <div className={styles.tools}>
          <Checkbox
            label={
              selection.ids.length === 0 ? `All ${rows.length}` : `${selection.ids.length} selected`
            }
            checked={chosenOf(selection.ids.length, rows.length)}
            onChange={selection.tickAll}
          />
          <Button
            icon={CircleCheckBig}
            disabled={selection.ids.length === 0}
            isBusy={change.isPending}
            onClick={() => mark(selection.ids)}
          >
            Mark{' '}
            {selection.ids.length > 0 &&
              `${formatQuantity(selection.ids.length, 'conversation')} as `}
            {status}
          </Button>
        </div>
      )}
      {change.error && <ErrorNotice error={change.error} />}
      {rows.length === 0 ? (
        <EmptyState icon={Inbox} title={NOTHING[state]} />
      ) : (
        <div ref={scroller} className={styles.scroller}>
          <Virtualizer data={rows} scrollRef={scroller} as="ul" item="li">
            {(row) => (
              <WorkRow
                key={row.id}
                row={row}
                onMark={isReadOnly ? undefined : () => mark([row.id])}
                isBusy={change.isPending}
                isTicked={selection.has(row.id)}
                onTick={() => selection.toggle(row.id)}
              />
            )}
          </Virtualizer>
        </div>
      )}
    </Panel>
  );
}
