import { useMemo, useRef } from 'react';
import type { ShownMessage } from '../../api/index.ts';
import { type MessageRow, toRows } from './message-rows.ts';
import type { MessageWindow } from './message-window.ts';

/** The rows of a window; those that did not change are the same objects, so that they are not rendered again. */
export function useRows(window: MessageWindow | undefined): readonly MessageRow[] {
  const known = useRef<ReadonlyMap<ShownMessage, MessageRow>>(new Map());
  const messages = window?.messages;
  return useMemo(() => {
    const rows = toRows(messages ?? [], known.current);
    known.current = new Map(rows.map((row) => [row.message, row]));
    return rows;
  }, [messages]);
}
