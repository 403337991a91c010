import { type KeyboardEvent, type Ref, useImperativeHandle, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import type { ConversationRow } from '../../api/index.ts';
import { focusWhenShown } from '../parts/focus-when-shown.ts';
import { ConversationItem } from './conversation-item.tsx';
import styles from './conversation-list.module.css';

export interface RowsHandle {
  /** Focuses the row so many below the active one. */
  readonly focus: (step: number) => void;
}

interface RowsProps {
  readonly ref: Ref<RowsHandle>;
  readonly rows: readonly ConversationRow[];
  readonly openId: string | undefined;
  readonly search: string;
  /** The focus leaves the list at its top. */
  readonly onLeave: () => void;
}

/** As in the style of an item. */
const ROW_HEIGHT = 62;

/** The rows that are in sight, of any number of them. One is active: it takes the focus, and arrows move it. */
export function ConversationRows({ ref, rows, openId, search, onLeave }: RowsProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const [chosen, setChosen] = useState<string>();
  const activeIndex = Math.max(indexOf(rows, chosen ?? openId), 0);

  const focusAt = (index: number) => {
    const row = rows[Math.min(Math.max(index, 0), rows.length - 1)];
    if (!row) return;
    // the row must be there before it can take the focus
    flushSync(() => setChosen(row.id));
    list.current?.scrollToIndex(rows.indexOf(row), { align: 'nearest' });
    const selector = `[data-id="${CSS.escape(row.id)}"]`;
    focusWhenShown(() => scroller.current?.querySelector<HTMLElement>(selector));
  };
  const focusBy = (step: number) => {
    const isInside = scroller.current?.contains(document.activeElement);
    focusAt(isInside ? activeIndex + step : activeIndex);
  };
  useImperativeHandle(ref, () => ({ focus: focusBy }));

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.floor((list.current?.viewportSize ?? 0) / ROW_HEIGHT);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -rows.length,
      End: rows.length,
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    if (event.key === 'ArrowUp' && activeIndex === 0) onLeave();
    else focusBy(step);
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the links inside take the keys; this only moves between them
    <div ref={scroller} className={styles.rows} onKeyDown={onKeyDown}>
      <Virtualizer
        ref={list}
        data={rows}
        as="ul"
        item="li"
        itemSize={ROW_HEIGHT}
        keepMounted={[activeIndex]}
      >
        {(row, index) => (
          <ConversationItem
            key={row.id}
            row={row}
            search={search}
            isOpen={row.id === openId}
            isActive={index === activeIndex}
          />
        )}
      </Virtualizer>
    </div>
  );
}

function indexOf(rows: readonly ConversationRow[], id: string | undefined): number {
  return id === undefined ? -1 : rows.findIndex((row) => row.id === id);
}
