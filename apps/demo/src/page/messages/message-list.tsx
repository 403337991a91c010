import { type KeyboardEvent, type Ref, useImperativeHandle, useLayoutEffect, useRef } from 'react';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import type { ChatType } from '../../api/index.ts';
import { formatDay } from '../parts/format.ts';
import { focusMessage } from './focus-message.ts';
import { MessageItem } from './message-item.tsx';
import styles from './message-list.module.css';
import type { MessageRow } from './message-rows.ts';
import type { MessageWindow } from './message-window.ts';

export interface MessageListHandle {
  /** Shows a message that is in the window; whether it is. */
  readonly showMessage: (id: string) => boolean;
  readonly showEnd: () => void;
  /** Moves the focus by so many messages. */
  readonly focusBy: (step: number) => void;
}

interface MessageListProps {
  readonly ref: Ref<MessageListHandle>;
  readonly window: MessageWindow;
  readonly rows: readonly MessageRow[];
  readonly type: ChatType | undefined;
  readonly highlighted: string | undefined;
  /** So near to an edge that more is wanted. */
  readonly onNear: (edge: 'earlier' | 'later') => void;
  readonly onAtEnd: (isAtEnd: boolean) => void;
  /** The date of the first message in sight. Called at every scroll: nothing should render. */
  readonly onDate: (date: string) => void;
}

/** Pixels to an edge of the window at which more is asked for. */
const NEAR = 1500;

/** The messages in sight, and some around them. */
export function MessageList(props: MessageListProps) {
  const { ref, window, rows, type, highlighted, onNear, onAtEnd, onDate } = props;
  const scroller = useRef<HTMLElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const day = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(false);

  const look = () => {
    const handle = list.current;
    if (!handle || rows.length === 0) return;
    const { scrollOffset, viewportSize, scrollSize } = handle;
    const below = scrollSize - viewportSize - scrollOffset;
    if (window.hasEarlier && scrollOffset < NEAR) onNear('earlier');
    if (window.hasLater && below < NEAR) onNear('later');
    isAtEnd.current = !window.hasLater && below < 48;
    onAtEnd(isAtEnd.current);
    const date = rows[handle.findItemIndex(scrollOffset + 8)]?.message.date;
    if (date === undefined) return;
    onDate(date);
    // what is written anew at every scroll makes the browser lay out anew
    const words = formatDay(date);
    if (day.current && day.current.textContent !== words) day.current.textContent = words;
  };
  const showEnd = () => list.current?.scrollToIndex(rows.length - 1, { align: 'end' });
  const showMessage = (id: string) => {
    const index = rows.findIndex(({ message }) => message.id === id);
    if (index >= 0) list.current?.scrollToIndex(index, { align: 'center' });
    return index >= 0;
  };
  const focusBy = (step: number) => {
    if (list.current && scroller.current) focusMessage(list.current, scroller.current, rows, step);
  };
  useImperativeHandle(ref, () => ({ showMessage, showEnd, focusBy }));

  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each opening
  useLayoutEffect(() => {
    const { place } = window;
    isAtEnd.current = place.at === 'end';
    if (place.at === 'end') showEnd();
    else if (place.at === 'message') showMessage(place.id);
    else look();
  }, [window.place]);
  // who reads the end sees what is appended
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when messages came
  useLayoutEffect(() => {
    if (isAtEnd.current && !window.hasLater && !window.isShifted) showEnd();
  }, [rows.length]);

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const target = event.target as HTMLElement;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!target.matches('[data-message]')) return;
    if (step !== undefined) focusBy(step);
    else if (event.key === 'Enter') target.querySelector<HTMLElement>('[aria-haspopup]')?.click();
    else return;
    event.preventDefault();
  };

  return (
    <>
      <div ref={day} className={styles.day} aria-hidden="true" />
      <section
        ref={scroller}
        className={styles.scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
        tabIndex={0}
        aria-label="Messages"
        onKeyDown={onKeyDown}
      >
        <Virtualizer
          ref={list}
          data={rows}
          shift={window.isShifted}
          bufferSize={600}
          onScroll={() => {
            if (day.current) day.current.dataset.scrolling = '';
            look();
          }}
          onScrollEnd={() => delete day.current?.dataset.scrolling}
        >
          {(row) => (
            <MessageItem
              key={row.message.id}
              row={row}
              type={type}
              isHighlighted={row.message.id === highlighted}
            />
          )}
        </Virtualizer>
      </section>
    </>
  );
}
