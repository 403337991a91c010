import { Hono } from 'hono';
import { jsonLines } from '../json-lines.ts';
import { listRows, readDetails } from '../list-rows.ts';
import { badRequest, readBody } from '../requests.ts';
import type { Services } from '../services.ts';

export function conversationRoutes(services: Services): Hono {
  const { store } = services;
  const routes = new Hono();
  routes.get('/', () => jsonLines(() => listRows(services)));
  routes.get('/:id', async (context) => {
    return context.json(await readDetails(services, context.req.param('id')));
  });
  routes.post('/:id/status', async (context) => {
    const id = context.req.param('id');
    const { status } = await readBody(context);
    if (status === 'processed') await store.markAsProcessed(id);
    else if (status === 'unprocessed') await store.markAsUnprocessed(id);
    else throw badRequest('status must be processed or unprocessed');
    return context.json(await readDetails(services, id));
  });
  return routes;
}
