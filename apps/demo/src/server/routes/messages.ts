import { type Context, Hono } from 'hono';
import type { MessagePage, ShownHistoryEntry } from '../../api/index.ts';
import { type PageQuery, readAnswered, readPage } from '../read-messages.ts';
import { badRequest, optionalTime } from '../requests.ts';
import type { Services } from '../services.ts';
import { messageShower } from '../show/message.ts';

export function messageRoutes({ store, media }: Services): Hono {
  const routes = new Hono();

  routes.get('/:id/messages', async (context) => {
    const query = pageQuery(context);
    await using file = await store.openConversation(context.req.param('id'));
    const { messages, ...rest } = await readPage(file, query);
    const [metadata, answered] = await Promise.all([
      file.readMetadata(),
      readAnswered(file, messages),
    ]);
    const show = messageShower({ metadata, media, answered });
    const page: MessagePage = { messages: await Promise.all(messages.map(show)), ...rest };
    return context.json(page);
  });

  routes.get('/:id/messages/:message/history', async (context) => {
    const { id, message } = context.req.param();
    const metadata = await store.readMetadata(id);
    const show = messageShower({ metadata, media });
    const entries: ShownHistoryEntry[] = [];
    for await (const { before, messageId: _same, ...entry } of store.history(id, message)) {
      entries.push({ ...entry, before: before && (await show(before)) });
    }
    return context.json(entries);
  });
  return routes;
}

function pageQuery(context: Context): PageQuery {
  const { before, after, around, limit = '100' } = context.req.query();
  if (!/^\d{1,3}$/.test(limit) || Number(limit) < 1 || Number(limit) > 500) {
    throw badRequest('limit must be a number from 1 to 500');
  }
  const from = optionalTime(context, 'from');
  if ([before, after, around, from].filter((value) => value !== undefined).length > 1) {
    throw badRequest('say only one of before, after, around and from');
  }
  return { before, after, around, from, limit: Number(limit) };
}
