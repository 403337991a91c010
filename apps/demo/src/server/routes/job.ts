import { Hono } from 'hono';
import { optionalFlag, optionalTexts, readBody } from '../requests.ts';
import type { Services } from '../services.ts';

export function jobRoutes({ jobs }: Services): Hono {
  const routes = new Hono();
  routes.get('/', (context) => context.json(jobs.last ?? null));
  routes.post('/', async (context) => {
    const body = await readBody(context);
    const ids = optionalTexts(body, 'ids');
    const retryFailed = optionalFlag(body, 'retryFailed');
    return context.json(jobs.start({ ids, retryFailed }));
  });
  routes.delete('/', (context) => context.json(jobs.stop() ?? null));
  return routes;
}
