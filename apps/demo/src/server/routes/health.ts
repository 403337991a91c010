import { Hono } from 'hono';
import type { CheckEvent, LockOverview } from '../../api/index.ts';
import { jsonLines } from '../json-lines.ts';
import type { Services } from '../services.ts';
import { withProgress } from '../with-progress.ts';

export function lockRoutes({ store }: Services): Hono {
  const routes = new Hono();
  routes.get('/', async (context) => {
    const { locks, claims } = await store.inspect();
    const overview: LockOverview = {
      locks: locks.map(({ id, state, kind, operation, pid, host, since, liveness }) => ({
        conversationId: id,
        state,
        kind,
        operation,
        pid,
        host,
        since,
        liveness,
      })),
      // one that a command shares has several holders
      claims: claims.flatMap(({ conversationId, holders, since, isVoid }) =>
        holders.map(({ pid, host }) => ({
          conversationId,
          pid,
          host,
          since,
          liveness: isVoid ? 'dead' : 'alive',
        })),
      ),
    };
    return context.json(overview);
  });
  return routes;
}

export function checkRoutes(services: Services): Hono {
  const routes = new Hono();
  routes.get('/', () => jsonLines((signal) => checkEvents(services, signal)));
  return routes;
}

async function* checkEvents(
  { store, showError }: Services,
  signal: AbortSignal,
): AsyncGenerator<CheckEvent> {
  let conversations = 0;
  let messages = 0;
  let problems = 0;
  try {
    const { totalCount: total } = await store.getConversationStats();
    const progress = (): CheckEvent => ({ type: 'progress', done: conversations, total, messages });
    const findings = store.check({
      signal,
      onConversation: (read) => {
        conversations += 1;
        messages += read.messages;
      },
    });
    yield progress();
    for await (const found of withProgress(findings, progress)) {
      if ('type' in found) {
        yield found;
        continue;
      }
      problems += 1;
      const { id: conversationId, ...problem } = found;
      yield { type: 'problem', conversationId, ...problem };
    }
    yield { type: 'done', conversations, messages, problems };
  } catch (error) {
    if (!signal.aborted) yield { type: 'failed', error: showError(error) };
  }
}
