// What each operation does to a conversation, in one instant between its beginning and its end, and what of it is seen.

import {
  type ConversationStatus,
  isSameMessage,
  type Message,
  mergeMessages,
} from '@tgstore/schema';
import { type Content, printOf, printOfAll } from './content.ts';
import { changed, isThere, type State } from './state.ts';

/** One instant of an operation. */
export interface Event {
  /** What was done and seen, in words. */
  readonly text: string;
  readonly begun: number;
  readonly ended: number;
  /** The next state; `undefined` where it could not have happened, or not have been seen so, in this one. */
  readonly apply: (state: State) => State | undefined;
}

export type Apply = Event['apply'];

/** What an operation that changes messages told. */
export interface Told {
  readonly added: number;
  readonly edited: number;
  readonly deleted: number;
  readonly unchanged: number;
  readonly revision: number;
  readonly status: ConversationStatus;
  readonly isNew: boolean;
}

/** Gives a conversation the messages that `next` makes of those it has. */
export function change(
  by: string,
  next: (before: Content) => Content,
  told: Told | undefined,
): Apply {
  return (state) => {
    const before = state.content ?? new Map();
    const after = next(before);
    const isNew = !isThere(state);
    const touched = differing(before, after);
    const result = isNew || touched.length > 0 ? changed(state, after, by) : state;
    if (!told) return result;
    const added = touched.filter((id) => !before.has(id)).length;
    const deleted = touched.filter((id) => before.has(id) && isGone(after.get(id))).length;
    const edited = touched.length - added - deleted;
    const unchanged = before.size - edited - deleted;
    const { revision, status } = result;
    const expected: Told = { added, edited, deleted, unchanged, revision, status, isNew };
    const keys = Object.keys(expected) as (keyof Told)[];
    return keys.every((key) => expected[key] === told[key]) ? result : undefined;
  };
}

export const merging =
  (messages: readonly Message[]) =>
  (before: Content): Content =>
    mergeMessages(before, messages).messages;

export const burying =
  (ids: ReadonlySet<string>) =>
  (before: Content): Content =>
    new Map(
      [...before].map(([id, one]) => [id, ids.has(id) && !one.deleted ? tombstone(one) : one]),
    );

/** What is asked for is there, or is not. */
export const existing =
  (apply: (state: State & { readonly content: Content }) => State | undefined): Apply =>
  (state) =>
    isThere(state) ? apply(state) : undefined;

export const absent: Apply = (state) => (isThere(state) ? undefined : state);
export const present: Apply = existing((state) => state);

export function read(content: Content): Apply {
  const print = printOfAll(content);
  return existing((state) => (printOfAll(state.content) === print ? state : undefined));
}

/** Some of the messages. */
export function readSome(
  messages: readonly Message[],
  which: (content: Content) => Message[],
): Apply {
  const prints = messages.map(printOf).join();
  return existing((state) =>
    which(state.content).map(printOf).join() === prints ? state : undefined,
  );
}

export function mark(status: ConversationStatus): Apply {
  return existing((state) => {
    const { claim, version, content } = state;
    if (status === 'unprocessed') {
      const again = claim && { ...claim, again: true };
      return { ...state, status, claim: again, processed: undefined };
    }
    return state.status === status ? state : { ...state, status, processed: { version, content } };
  });
}

export const remove: Apply = existing((state) => {
  const { claim, ...rest } = state;
  const again = claim && { ...claim, again: true };
  return { ...rest, content: undefined, processed: undefined, claim: again };
});

export function differing(first: Content, second: Content): string[] {
  return [...new Set([...first.keys(), ...second.keys()])].filter((id) => {
    const [a, b] = [first.get(id), second.get(id)];
    return !a || !b || (a !== b && !isSameMessage(a, b));
  });
}

export function isGone(message: Message | undefined): boolean {
  return message === undefined || message.deleted === true;
}

function tombstone({ id, sender_id, date }: Message): Message {
  return { id, sender_id, date, text: '', deleted: true };
}
