import { ArrowDown, MessageCircleOff, Undo2 } from 'lucide-react';
import { type Ref, useImperativeHandle, useMemo, useRef, useState } from 'react';
import type { ConversationRow, ShownMedia, ShownMessage } from '../../api/index.ts';
import { formatShortCount } from '../parts/format.ts';
import { EmptyState, ErrorNotice } from '../parts/notices.tsx';
import { Spinner } from '../parts/progress.tsx';
import { useHotkey } from '../parts/use-hotkey.ts';
import { HistoryDialog } from './history-dialog.tsx';
import { Lightbox } from './lightbox.tsx';
import { type MessageActions, MessageActionsContext } from './message-actions.ts';
import styles from './message-list.module.css';
import { MessageList, type MessageListHandle } from './message-list.tsx';
import { type MenuPlace, MessageMenu } from './message-menu.tsx';
import { type ScrubberHandle, TimeScrubber } from './time-scrubber.tsx';
import { useMessagePlaces } from './use-message-places.ts';
import { useRows } from './use-rows.ts';

export interface PaneHandle {
  readonly jumpToDate: (date: string) => void;
}

interface PaneProps {
  readonly ref: Ref<PaneHandle>;
  readonly id: string;
  readonly row: ConversationRow | undefined;
  readonly firstDate: string | undefined;
  readonly lastDate: string | undefined;
}

/** The messages, with what floats over and stands beside them. */
export function MessagePane({ ref, id, row, firstDate, lastDate }: PaneProps) {
  const list = useRef<MessageListHandle>(null);
  const scrubber = useRef<ScrubberHandle>(null);
  const [menu, setMenu] = useState<MenuPlace>();
  const [history, setHistory] = useState<ShownMessage>();
  const [image, setImage] = useState<ShownMedia>();
  const places = useMessagePlaces(id, row, list);
  const { window, jump, back, hasBack, jumpToDate, jumpToEnd } = places;
  const rows = useRows(window);
  const actions = useMemo<MessageActions>(
    () => ({
      conversationId: id,
      jump,
      showMenu: (message, anchor) => setMenu({ message, anchor }),
      showHistory: setHistory,
      showImage: setImage,
    }),
    [id, jump],
  );
  useImperativeHandle(ref, () => ({ jumpToDate }));
  useHotkey('j', () => !isInConversations() && list.current?.focusBy(1));
  useHotkey('k', () => !isInConversations() && list.current?.focusBy(-1));
  useHotkey('G', jumpToEnd);
  useHotkey('b', back);

  return (
    <MessageActionsContext value={actions}>
      <div className={styles.pane}>
        <div className={styles.column}>
          {!window && !places.error && (
            <div className={styles.waiting}>
              <Spinner label="Reading messages" />
            </div>
          )}
          {places.error !== undefined && (
            <div className={styles.error}>
              <ErrorNotice error={places.error} onRetry={places.retry} />
            </div>
          )}
          {window && rows.length === 0 && (
            <EmptyState icon={MessageCircleOff} title="No messages in this conversation" />
          )}
          {window && rows.length > 0 && places.error === undefined && (
            <MessageList
              key={places.openings}
              ref={list}
              window={window}
              rows={rows}
              type={row?.type}
              highlighted={places.highlighted}
              onNear={places.load}
              onAtEnd={places.setAtEnd}
              onDate={(date) => scrubber.current?.show(date)}
            />
          )}
          {places.edgeError && (
            <div className={`${styles.edge} ${styles[places.edgeError.edge]}`}>
              <ErrorNotice
                error={places.edgeError.error}
                onRetry={() => places.edgeError && places.load(places.edgeError.edge)}
              />
            </div>
          )}
          <div className={styles.floating}>
            {hasBack && (
              <button type="button" className={styles.round} onClick={back}>
                <Undo2 size={17} aria-hidden="true" /> Back to the reply
              </button>
            )}
            {window && rows.length > 0 && !places.isAtEnd && (
              <button
                type="button"
                className={styles.round}
                aria-label={
                  places.unread > 0
                    ? `Jump to the latest, ${places.unread} new`
                    : 'Jump to the latest'
                }
                title="Jump to the latest"
                onClick={jumpToEnd}
              >
                {places.unread > 0 && (
                  <span className={styles.unread}>{formatShortCount(places.unread)}</span>
                )}
                <ArrowDown size={19} aria-hidden="true" />
              </button>
            )}
          </div>
        </div>
        {firstDate && lastDate && (
          <TimeScrubber ref={scrubber} first={firstDate} last={lastDate} onJump={jumpToDate} />
        )}
      </div>
      {menu && (
        <MessageMenu
          key={menu.message.id}
          {...menu}
          conversationId={id}
          onHistory={setHistory}
          onClose={() => setMenu(undefined)}
        />
      )}
      {history && (
        <HistoryDialog
          conversationId={id}
          message={history}
          onClose={() => setHistory(undefined)}
        />
      )}
      {image && <Lightbox media={image} onClose={() => setImage(undefined)} />}
    </MessageActionsContext>
  );
}

/** The list of conversations has the same keys. */
function isInConversations(): boolean {
  return document.activeElement?.closest('[data-conversations]') != null;
}
