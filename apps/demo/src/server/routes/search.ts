import type { SearchHit } from '@tgstore/core';
import { type Context, Hono } from 'hono';
import type { SearchEvent } from '../../api/index.ts';
import { ExplorerError } from '../errors.ts';
import { jsonLines } from '../json-lines.ts';
import { badRequest, optionalTime } from '../requests.ts';
import type { Services } from '../services.ts';
import { messageShower } from '../show/message.ts';

export function searchRoutes(services: Services): Hono {
  const routes = new Hono();
  routes.get('/', async (context) => {
    const search = parseSearch(context);
    // says so at once where it is not there
    if (search.conversation !== undefined) {
      await (await services.store.openConversation(search.conversation))[Symbol.asyncDispose]();
    }
    return await jsonLines((signal) => searchEvents(services, search, signal));
  });
  return routes;
}

interface Search {
  readonly pattern: string | RegExp;
  readonly conversation: string | undefined;
  readonly sender: string | undefined;
  readonly from: Date | undefined;
  readonly to: Date | undefined;
}

function parseSearch(context: Context): Search {
  const { query, conversation, regex, sender } = context.req.query();
  if (!query) throw badRequest('query is empty; say what to search for');
  return {
    pattern: regex === '1' ? parsePattern(query) : query,
    conversation: conversation || undefined,
    sender: sender?.trim().toLowerCase() || undefined,
    from: optionalTime(context, 'from'),
    to: optionalTime(context, 'to'),
  };
}

function parsePattern(source: string): RegExp {
  try {
    return new RegExp(source, 'iu');
  } catch (error) {
    throw new ExplorerError('EXPLORER_INVALID_PATTERN', (error as Error).message);
  }
}

async function* searchEvents(
  { store, media, showError }: Services,
  { pattern, conversation, sender, from, to }: Search,
  signal: AbortSignal,
): AsyncGenerator<SearchEvent> {
  const unreadable: SearchEvent[] = [];
  const found = store.searchMessages(pattern, {
    ids: conversation === undefined ? undefined : [conversation],
    from,
    to,
    context: 1,
    signal,
    onUnreadable: (conversationId, error) => {
      unreadable.push({ type: 'unreadable', conversationId, error: showError(error) });
    },
  });
  let hits = 0;
  let isCut = false;
  try {
    const show = hitShower(store, media);
    for await (const hit of found) {
      yield* unreadable.splice(0);
      if (sender !== undefined && !isSentBy(hit, sender)) continue;
      isCut = hits === MOST_HITS;
      if (isCut) break;
      hits += 1;
      yield await show(hit);
    }
    yield* unreadable.splice(0);
    yield { type: 'done', hits, isCut };
  } catch (error) {
    if (!signal.aborted) yield { type: 'failed', error: showError(error) };
  }
}

/** Hits come conversation by conversation, so little has to be kept. */
function hitShower(
  store: Services['store'],
  media: Services['media'],
): (hit: SearchHit) => Promise<SearchEvent> {
  let last: { id: string; show: ReturnType<typeof messageShower> } | undefined;
  return async ({ conversationId, conversationName, message, matches, before, after }) => {
    if (last?.id !== conversationId) {
      const metadata = await store.readMetadata(conversationId);
      last = { id: conversationId, show: messageShower({ metadata, media }) };
    }
    const { show } = last;
    return {
      type: 'hit',
      conversationId,
      conversationName,
      message: await show(message),
      matches: matches.map(([start, end]) => ({ offset: start, length: end - start })),
      before: await Promise.all(before.map(show)),
      after: await Promise.all(after.map(show)),
    };
  };
}

function isSentBy({ message: { sender_id, sender_name } }: SearchHit, sender: string): boolean {
  return [sender_id, sender_name].some((value) =>
    String(value ?? '')
      .toLowerCase()
      .includes(sender),
  );
}

const MOST_HITS = 1_000;
