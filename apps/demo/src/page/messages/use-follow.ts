import { useEffect, useEffectEvent, useRef } from 'react';
import type { ConversationRow } from '../../api/index.ts';

/** Calls `refresh` when the content of a conversation changed, by whomever; `onAdded` with how many messages came. */
export function useFollow(
  row: ConversationRow | undefined,
  refresh: (added: number) => Promise<void>,
  onAdded: (count: number) => void,
): void {
  const known = useRef<ConversationRow>(undefined);
  const isBusy = useRef(false);
  const follow = useEffectEvent(async (next: ConversationRow) => {
    const before = known.current;
    if (!before || isSameContent(before, next)) {
      known.current = next;
      return;
    }
    // the one that runs looks again at its end
    if (isBusy.current) return;
    isBusy.current = true;
    known.current = next;
    const added = Math.max((next.messageCount ?? 0) - (before.messageCount ?? 0), 0);
    onAdded(added);
    try {
      await refresh(added);
    } catch {
      // what is shown stays; the next change, or the reader, asks again
    } finally {
      isBusy.current = false;
    }
  });
  useEffect(() => {
    if (row) void follow(row);
  }, [row]);
}

function isSameContent(a: ConversationRow, b: ConversationRow): boolean {
  return (
    a.size === b.size &&
    a.messageCount === b.messageCount &&
    a.lastMessageDate === b.lastMessageDate
  );
}
