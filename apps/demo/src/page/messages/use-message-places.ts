import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { useSearchParams } from 'wouter';
import type { ConversationRow } from '../../api/index.ts';
import type { MessageListHandle } from './message-list.tsx';
import { useFollow } from './use-follow.ts';
import { type Edge, useMessageWindow } from './use-message-window.ts';

/** Where in a conversation the reader is, and the ways to elsewhere. The address says it with `message=ID`, or `from=DAY`. */
export function useMessagePlaces(
  id: string,
  row: ConversationRow | undefined,
  list: RefObject<MessageListHandle | null>,
) {
  const controls = useMessageWindow(id);
  const { window, open, stay, load, refresh } = controls;
  const [search, setSearch] = useSearchParams();
  const target = search.get('message') ?? undefined;
  const day = toDayStart(search.get('from'));
  const gone = useRef<string>(undefined);
  const [highlighted, setHighlighted] = useState<string>();
  const [trail, setTrail] = useState<readonly string[]>([]);
  const [isAtEnd, setAtEnd] = useState(true);
  const [unread, setUnread] = useState(0);

  const openEnd = useCallback(() => {
    setUnread(0);
    return open({}, { at: 'end' });
  }, [open]);
  const go = useCallback(
    (messageId: string) => {
      gone.current = messageId;
      setHighlighted(messageId);
      if (list.current?.showMessage(messageId)) stay();
      else void open({ around: messageId }, { at: 'message', id: messageId });
    },
    [open, stay, list],
  );
  useEffect(() => {
    if (target !== undefined) {
      if (target !== gone.current) go(target);
    } else if (day !== undefined) void open({ from: day }, { at: 'start' });
    else void openEnd();
    // only the first address without a message leads to the end
  }, [target, day, go, open, openEnd]);

  /** As a link to the message would; `replace` takes no step in the history. */
  const goByAddress = useCallback(
    (messageId: string, options?: { replace: boolean }) => {
      go(messageId);
      setSearch((params) => {
        params.set('message', messageId);
        return params;
      }, options);
    },
    [go, setSearch],
  );
  const jump = useCallback(
    (messageId: string, from: string) => {
      setTrail((before) => [...before, from]);
      goByAddress(messageId);
    },
    [goByAddress],
  );
  const back = useCallback(() => {
    const from = trail.at(-1);
    if (from === undefined) return false;
    setTrail(trail.slice(0, -1));
    goByAddress(from);
    return true;
  }, [trail, goByAddress]);
  const jumpToDate = useCallback((from: string) => void open({ from }, { at: 'start' }), [open]);
  const jumpToEnd = () => {
    setTrail([]);
    if (window?.hasLater) void openEnd();
    else list.current?.showEnd();
  };
  const onAtEnd = (value: boolean) => {
    setAtEnd(value);
    if (value) setUnread(0);
  };
  useFollow(row, refresh, (added) => !isAtEnd && setUnread((count) => count + added));

  return {
    ...controls,
    load: (edge: Edge) => void load(edge),
    retry: () => (target === undefined ? void openEnd() : go(target)),
    openings: useOpenings(window?.place),
    highlighted,
    isAtEnd,
    setAtEnd: onAtEnd,
    unread,
    jump,
    back,
    hasBack: trail.length > 0,
    jumpToDate,
    jumpToEnd,
  };
}

/** When a day begins here: `2025-01-31` to ISO 8601, UTC. */
function toDayStart(day: string | null): string | undefined {
  const start = new Date(`${day}T00:00`);
  return Number.isNaN(start.getTime()) ? undefined : start.toISOString();
}

/** How often another object came. */
function useOpenings(place: object | undefined): number {
  const seen = useRef({ place, count: 0 });
  if (seen.current.place !== place) seen.current = { place, count: seen.current.count + 1 };
  return seen.current.count;
}
