import { useMemo, useState } from 'react';
import type { ConversationRow } from '../../api/index.ts';

/** Which rows are ticked; one that left the list is not ticked any more. */
export function useSelection(rows: readonly ConversationRow[]) {
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const ids = useMemo(
    () => rows.filter(({ id }) => ticked.has(id)).map(({ id }) => id),
    [rows, ticked],
  );
  const toggle = (id: string) =>
    setTicked((last) => {
      const next = new Set(last);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  const tickAll = (isTicked: boolean) =>
    setTicked(new Set(isTicked ? rows.map(({ id }) => id) : []));
  return { ids, has: (id: string) => ticked.has(id), toggle, tickAll };
}
