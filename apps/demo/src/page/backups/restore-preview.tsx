import { useRef, useState } from 'react';
import { Virtualizer } from 'virtua';
import { Badge } from '../parts/badge.tsx';
import { Checkbox, chosenOf } from '../parts/checkbox.tsx';
import { ConversationName } from '../parts/conversation-name.tsx';
import { Segmented } from '../parts/segmented.tsx';
import { changes, type RestoreItem, sortItems } from './preview.ts';
import styles from './restore-preview.module.css';
import { RESULTS, ResultCounts } from './restore-results.tsx';

interface RestorePreviewProps {
  readonly items: readonly RestoreItem[];
  /** Ids that shall be left as they are. */
  readonly left: ReadonlySet<string>;
  readonly onLeft: (left: ReadonlySet<string>) => void;
}

/** What would become of each conversation of the backup; those that would change are ticked. */
export function RestorePreview({ items, left, onLeft }: RestorePreviewProps) {
  const [filter, setFilter] = useState<'changes' | 'all'>('changes');
  const scroller = useRef<HTMLDivElement>(null);
  const changing = items.filter(changes);
  const shown = sortItems(filter === 'changes' ? changing : items);
  const chosen = changing.filter(({ id }) => !left.has(id)).length;
  const toggle = (id: string) => {
    const next = new Set(left);
    if (!next.delete(id)) next.add(id);
    onLeft(next);
  };
  return (
    <>
      <ResultCounts items={items} tense="future" />
      <div className={styles.tools}>
        <Segmented
          label="Which conversations"
          options={[
            { value: 'changes', label: 'That change' },
            { value: 'all', label: 'All' },
          ]}
          value={filter}
          onChange={setFilter}
        />
        {changing.length > 0 && (
          <Checkbox
            label="All that change"
            checked={chosenOf(chosen, changing.length)}
            onChange={(checked) => onLeft(new Set(checked ? [] : changing.map(({ id }) => id)))}
          />
        )}
      </div>
      {shown.length === 0 ? (
        <p className={styles.none}>Nothing would change: the store has all of this backup.</p>
      ) : (
        <div ref={scroller} className={styles.scroller}>
          <Virtualizer data={shown} scrollRef={scroller} as="ul" item="li">
            {(item) => (
              <label key={item.id} className={styles.item}>
                <input
                  type="checkbox"
                  disabled={!changes(item)}
                  checked={changes(item) && !left.has(item.id)}
                  onChange={() => toggle(item.id)}
                />
                <span className={styles.name}>
                  <ConversationName id={item.id} />
                </span>
                <Badge tone={RESULTS[item.result].tone}>{RESULTS[item.result].future}</Badge>
              </label>
            )}
          </Virtualizer>
        </div>
      )}
    </>
  );
}
