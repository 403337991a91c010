import type { ConversationStatus } from '@tgstore/schema';
import type { Apply } from './events.ts';
import { isThere, type State } from './state.ts';

/** A conversation as a backup has it. */
export type Archived = Pick<State, 'revision' | 'version' | 'status'> & {
  readonly content: NonNullable<State['content']>;
};

/** Puts a conversation back as a backup has it; `told` is what the restore says of it. */
export function restore(by: string, archived: Archived, overwrite: boolean, told: string): Apply {
  return (state) => {
    const { content, version, status } = archived;
    const processed = status === 'processed' ? { version, content } : undefined;
    const isSame = isThere(state) && state.version === version;
    const result = resultOf(state, status, isSame, overwrite);
    if (result !== told) return undefined;
    if (result === 'unchanged' || result === 'existing') return state;
    return { ...state, ...archived, file: isSame ? state.file : by, processed };
  };
}

function resultOf(
  state: State,
  status: ConversationStatus,
  isSame: boolean,
  overwrite: boolean,
): string {
  if (!isThere(state)) return 'restored';
  if (isSame && state.status === status) return 'unchanged';
  return overwrite ? 'replaced' : 'existing';
}
