import { Hono } from 'hono';
import { ExplorerError } from '../errors.ts';
import { type PageFile, readPageFiles } from '../page-files.ts';

/** The page's own files. Every other address is one that the page itself understands, so it gets the page. */
export async function pageRoutes(directory: string): Promise<Hono> {
  const files = await readPageFiles(directory);
  const routes = new Hono();
  routes.get('*', ({ req }) => {
    const isOurs = /^\/(?:api|media|assets)(?:\/|$)/.test(req.path);
    const file = files.get(req.path) ?? (isOurs ? undefined : files.get('/index.html'));
    if (!file) throw new ExplorerError('EXPLORER_NOT_FOUND', 'there is nothing at this address');
    return answer(file);
  });
  return routes;
}

function answer({ type, bytes, isForever }: PageFile): Response {
  const rule = isForever ? 'private, max-age=31536000, immutable' : 'no-store';
  return new Response(bytes, { headers: { 'Content-Type': type, 'Cache-Control': rule } });
}
