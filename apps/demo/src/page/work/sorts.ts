import type { ConversationRow } from '../../api/index.ts';

/** What a conversation waits for. */
export type WorkState = 'unprocessed' | 'failed' | 'processed';

/** Failed ones are unprocessed too; here they stand by themselves. */
export function workStateOf({ status, failure }: ConversationRow): WorkState {
  if (status === 'processed') return 'processed';
  return failure ? 'failed' : 'unprocessed';
}

export function byWorkState(
  rows: Iterable<ConversationRow>,
): Readonly<Record<WorkState, readonly ConversationRow[]>> {
  const groups: Record<WorkState, ConversationRow[]> = {
    unprocessed: [],
    failed: [],
    processed: [],
  };
  for (const row of rows) groups[workStateOf(row)].push(row);
  return groups;
}
