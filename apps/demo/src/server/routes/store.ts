import { Hono } from 'hono';
import type { StoreInfo } from '../../api/index.ts';
import type { Services } from '../services.ts';

export function storeRoutes({ store, version, isReadOnly, processing }: Services): Hono {
  const routes = new Hono();
  routes.get('/', (context) => {
    const info: StoreInfo = {
      path: store.storageDir,
      version,
      isReadOnly,
      command: processing?.command,
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    };
    return context.json(info);
  });
  return routes;
}
