import { useCallback, useEffect, useReducer, useRef, useState } from 'react';
import type { MessagePage, MessagesQuery, ShownMessage } from '../../api/index.ts';
import { getJson } from '../client/request.ts';
import { changeWindow, MAX_MESSAGES, type MessageWindow, type Place } from './message-window.ts';

export type Edge = 'earlier' | 'later';

export interface WindowControls {
  readonly window: MessageWindow | undefined;
  /** Why a window could not be opened. */
  readonly error: unknown;
  /** Why more could not be read, and where. */
  readonly edgeError: { readonly edge: Edge; readonly error: unknown } | undefined;
  /** Opens another part: the end, or what `query` asks for. */
  readonly open: (query: MessagesQuery, place: Place) => Promise<void>;
  /** Gives up opening another part, where that is under way. */
  readonly stay: () => void;
  readonly load: (edge: Edge) => Promise<void>;
  /** Reads what was appended or edited; `added` is how many are new by the count of the conversation. */
  readonly refresh: (added: number) => Promise<void>;
}

/** Messages of a conversation around a place, with more of them as they are wanted. */
export function useMessageWindow(conversationId: string): WindowControls {
  const [window, change] = useReducer(changeWindow, undefined);
  const [error, setError] = useState<unknown>();
  const [edgeError, setEdgeError] = useState<WindowControls['edgeError']>();
  const current = useRef(window);
  current.current = window;
  /** Answers to what was asked before another part was opened are void. */
  const opening = useRef<AbortController>(undefined);
  const isOpening = useRef(false);
  const loading = useRef<Partial<Record<Edge, boolean>>>({});

  const get = useCallback(
    (query: MessagesQuery, signal?: AbortSignal) => {
      const search = new URLSearchParams(query as Record<string, string>);
      const path = `/api/conversations/${encodeURIComponent(conversationId)}/messages?${search}`;
      return getJson<MessagePage>(path, signal);
    },
    [conversationId],
  );

  const open = useCallback(
    async (query: MessagesQuery, place: Place) => {
      opening.current?.abort();
      opening.current = new AbortController();
      const { signal } = opening.current;
      isOpening.current = true;
      loading.current = {};
      setError(undefined);
      setEdgeError(undefined);
      try {
        const page = await get(query, signal);
        if (!signal.aborted) change({ type: 'open', page, place });
      } catch (thrown) {
        if (!signal.aborted) setError(thrown);
      } finally {
        if (!signal.aborted) isOpening.current = false;
      }
    },
    [get],
  );
  const stay = useCallback(() => {
    if (!isOpening.current) return;
    opening.current?.abort();
    opening.current = new AbortController();
    isOpening.current = false;
  }, []);

  const load = useCallback(
    async (edge: Edge) => {
      const { messages = [] } = current.current ?? {};
      const message = edge === 'earlier' ? messages[0] : messages.at(-1);
      if (!message || loading.current[edge]) return;
      loading.current[edge] = true;
      const signal = opening.current?.signal;
      setEdgeError(undefined);
      try {
        const query = edge === 'earlier' ? { before: message.id } : { after: message.id };
        const page = await get(query, signal);
        if (!signal?.aborted) change({ type: edge, page });
      } catch (thrown) {
        if (!signal?.aborted) setEdgeError({ edge, error: thrown });
      } finally {
        if (!signal?.aborted) loading.current[edge] = false;
      }
    },
    [get],
  );

  const refresh = useCallback(
    async (added: number) => {
      const before = current.current;
      const signal = opening.current?.signal;
      if (!before || signal?.aborted) return;
      let isKnown = false;
      if (!before.hasLater) {
        const last = before.messages.at(-1);
        const page = await get(last ? { after: last.id } : {}, signal);
        change({ type: 'later', page });
        isKnown = page.messages.length === added && added > 0;
      }
      if (isKnown) return;
      change({ type: 'refresh', messages: await readAgain(get, before.messages, signal) });
    },
    [get],
  );

  // one step after the page was added: a list keeps its place only if it changes at one end at a time
  useEffect(() => {
    if (window && window.messages.length > MAX_MESSAGES) {
      change({ type: 'trim', from: window.isShifted ? 'end' : 'start' });
    }
  }, [window]);
  useEffect(() => () => opening.current?.abort(), []);

  return { window, error, edgeError, open, stay, load, refresh };
}

/** Messages as they are now; the first is left out. */
async function readAgain(
  get: (query: MessagesQuery, signal?: AbortSignal) => Promise<MessagePage>,
  messages: readonly ShownMessage[],
  signal: AbortSignal | undefined,
): Promise<ShownMessage[]> {
  const fresh: ShownMessage[] = [];
  let last = messages[0];
  while (last && fresh.length < messages.length - 1) {
    const limit = String(Math.min(messages.length - 1 - fresh.length, 500));
    const page = await get({ after: last.id, limit }, signal);
    fresh.push(...page.messages);
    last = page.messages.at(-1);
  }
  return fresh;
}
