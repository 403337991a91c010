import type { MessagePage, ShownMessage } from '../../api/index.ts';

/** The part of a conversation that is in memory: messages in a row, of as many as it has. */
export interface MessageWindow {
  readonly messages: readonly ShownMessage[];
  readonly hasEarlier: boolean;
  readonly hasLater: boolean;
  /** Whether the last change was at the start: then the list keeps its place counted from the end. */
  readonly isShifted: boolean;
  /** Where it was opened; another object for each opening. */
  readonly place: Place;
}

/** What is shown of a window when it opens. */
export type Place =
  | { readonly at: 'start' }
  | { readonly at: 'end' }
  | { readonly at: 'message'; readonly id: string };

/** About this many stay in memory. */
export const MAX_MESSAGES = 1500;

export type WindowChange =
  | { readonly type: 'open'; readonly page: MessagePage; readonly place: Place }
  | { readonly type: 'earlier' | 'later'; readonly page: MessagePage }
  /** Drops what is far from where the last page was added. */
  | { readonly type: 'trim'; readonly from: 'start' | 'end' }
  /** The same messages, read again. */
  | { readonly type: 'refresh'; readonly messages: readonly ShownMessage[] };

export function changeWindow(
  window: MessageWindow | undefined,
  change: WindowChange,
): MessageWindow | undefined {
  if (change.type === 'open') {
    return { ...change.page, isShifted: false, place: { ...change.place } };
  }
  if (!window) return window;
  switch (change.type) {
    case 'earlier':
      return {
        ...window,
        messages: [...without(change.page.messages, window.messages), ...window.messages],
        hasEarlier: change.page.hasEarlier,
        isShifted: true,
      };
    case 'later':
      return {
        ...window,
        messages: [...window.messages, ...without(change.page.messages, window.messages)],
        hasLater: change.page.hasLater,
        isShifted: false,
      };
    case 'trim':
      return trim(window, change.from);
    case 'refresh':
      return refresh(window, change.messages);
  }
}

function trim(window: MessageWindow, from: 'start' | 'end'): MessageWindow {
  if (window.messages.length <= MAX_MESSAGES) return window;
  return from === 'start'
    ? {
        ...window,
        messages: window.messages.slice(-MAX_MESSAGES),
        hasEarlier: true,
        isShifted: true,
      }
    : {
        ...window,
        messages: window.messages.slice(0, MAX_MESSAGES),
        hasLater: true,
        isShifted: false,
      };
}

/** Those that did not change stay the same objects, so that they are not rendered again. */
function refresh(window: MessageWindow, fresh: readonly ShownMessage[]): MessageWindow {
  const byId = new Map(fresh.map((message) => [message.id, message]));
  const messages = window.messages.map((message) => {
    const now = byId.get(message.id);
    return now && JSON.stringify(now) !== JSON.stringify(message) ? now : message;
  });
  return { ...window, messages, isShifted: false };
}

/** A page of a newer snapshot may repeat some. */
function without(
  page: readonly ShownMessage[],
  known: readonly ShownMessage[],
): readonly ShownMessage[] {
  const ids = new Set(known.map(({ id }) => id));
  return page.filter(({ id }) => !ids.has(id));
}
