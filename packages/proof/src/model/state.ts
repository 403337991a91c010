import type { ConversationStatus } from '@tgstore/schema';
import { type Content, printOfAll } from './content.ts';

/** What a store knows of one conversation. */
export interface State {
  /** `undefined` where there is no such conversation. */
  readonly content: Content | undefined;
  readonly status: ConversationStatus;
  readonly revision: number;
  /** Another one with each change of content; a restore brings an old one back. */
  readonly version: string;
  /** Another one with each file that is written. */
  readonly file: string;
  readonly claim?: Claim | undefined;
  /** What was processed last. */
  readonly processed?: { readonly version: string; readonly content: Content } | undefined;
}

/** What somebody has in hand. */
export interface Claim {
  readonly by: string;
  /** It was marked as unprocessed or deleted since. */
  readonly again: boolean;
  readonly version: string;
  readonly file: string;
  readonly content: Content;
}

export const ABSENT: State = {
  content: undefined,
  status: 'unprocessed',
  revision: 0,
  version: '',
  file: '',
};

/** States with the same text behave the same. */
export function textOf(state: State): string {
  const { content, status, revision, version, file, claim, processed } = state;
  const hands = claim && [claim.by, claim.again, claim.version, claim.file].join(' ');
  return [printOfAll(content), status, revision, version, file, hands, processed?.version].join(
    '|',
  );
}

export function isThere(state: State): state is State & { readonly content: Content } {
  return state.content !== undefined;
}

/** The state with other messages: unprocessed, and what carried the processed name was processed. */
export function changed(state: State, content: Content, by: string): State {
  const { content: before, status, version } = state;
  const processed =
    before && status === 'processed' ? { version, content: before } : state.processed;
  const revision = (before ? state.revision : 0) + 1;
  return { ...state, content, status: 'unprocessed', revision, version: by, file: by, processed };
}
