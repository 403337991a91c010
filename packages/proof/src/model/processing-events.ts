// The instants of processing: a conversation is taken in hand, and given back.

import type { Changes } from '@tgstore/core';
import { type Content, printOfAll } from './content.ts';
import { type Apply, differing, existing, isGone } from './events.ts';
import { isThere, type State } from './state.ts';

/** Nobody else may have it in hand, and what is told of the changes must be so. */
export function take(by: string, content: Content, changes: Changes): Apply {
  const print = printOfAll(content);
  return existing((state) => {
    const { status, claim, processed, version, file } = state;
    if (status !== 'unprocessed' || claim || printOfAll(state.content) !== print) return undefined;
    if (!tellsAll(changes, processed?.content, content)) return undefined;
    return { ...state, claim: { by, again: false, version, file, content } };
  });
}

/** Gives back what was processed; `isProcessed` where it is known what came of it. */
export function finish(by: string, isProcessed: boolean | undefined): Apply {
  return (state) => {
    if (state.claim?.by !== by) return undefined;
    const { result, next } = finished(state, state.claim);
    return isProcessed === undefined || isProcessed === result ? next : undefined;
  };
}

function finished(
  { claim: _, ...state }: State,
  { again, version, file, content }: NonNullable<State['claim']>,
): { readonly result: boolean; readonly next: State } {
  if (!isThere(state)) return { result: true, next: { ...state, processed: undefined } };
  if (state.status === 'processed') return { result: true, next: state };
  if (again) return { result: false, next: state };
  const processed = { version, content };
  if (state.version !== version) return { result: false, next: { ...state, processed } };
  // the same content in another file: a backup was put back, and all of it will be handed over again
  if (state.file !== file) return { result: false, next: { ...state, processed: undefined } };
  return { result: true, next: { ...state, status: 'processed', processed } };
}

/** Gives it back as it is, after a failure. */
export function release(by: string): Apply {
  return ({ claim, ...state }) => {
    if (claim?.by !== by) return undefined;
    return isThere(state) ? state : { ...state, processed: undefined };
  };
}

/** Somebody has it in hand. */
export const claimed: Apply = existing((state) =>
  state.status === 'unprocessed' && state.claim ? state : undefined,
);

/** It is processed, or gone. */
export const done: Apply = (state) =>
  isThere(state) && state.status === 'unprocessed' ? undefined : state;

function tellsAll(changes: Changes, before: Content | undefined, now: Content): boolean {
  if (changes.everything) return true;
  if (!before) return false;
  const deleted = new Set(changes.deleted);
  return differing(before, now).every((id) =>
    isGone(now.get(id)) ? deleted.has(id) || isGone(before.get(id)) : changes.includes(id),
  );
}
