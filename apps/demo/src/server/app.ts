import { Hono } from 'hono';
import type { ErrorBody } from '../api/index.ts';
import { ExplorerError, statusOf } from './errors.ts';
import { onlyAllowedChanges, onlyFromOurPage, onlyWithToken } from './guard.ts';
import { safeHeaders } from './headers.ts';
import { activityRoutes } from './routes/activity.ts';
import { backupRoutes } from './routes/backups.ts';
import { conversationRoutes } from './routes/conversations.ts';
import { eventRoutes } from './routes/events.ts';
import { checkRoutes, lockRoutes } from './routes/health.ts';
import { jobRoutes } from './routes/job.ts';
import { mediaRoutes } from './routes/media.ts';
import { messageRoutes } from './routes/messages.ts';
import { pageRoutes } from './routes/page.ts';
import { searchRoutes } from './routes/search.ts';
import { storeRoutes } from './routes/store.ts';
import type { Services } from './services.ts';

export interface App {
  readonly fetch: Hono['fetch'];
  /** Ends what would go on for ever. */
  close(): void;
}

export interface AppOptions {
  readonly token: string;
  readonly portOf: () => number;
  readonly pageDirectory: string;
}

/** All routes, behind the guards. */
export async function createApp(services: Services, options: AppOptions): Promise<App> {
  const { token, portOf, pageDirectory } = options;
  const app = new Hono();
  app.use(safeHeaders(), onlyFromOurPage(portOf));
  app.use('/api/*', onlyWithToken(token));
  app.use(onlyAllowedChanges(services.isReadOnly));

  app.route('/api/store', storeRoutes(services));
  app.route('/api/conversations', conversationRoutes(services));
  app.route('/api/conversations', messageRoutes(services));
  app.route('/api/search', searchRoutes(services));
  app.route('/api/activity', activityRoutes(services));
  app.route('/api/job', jobRoutes(services));
  const events = eventRoutes(services);
  app.route('/api/events', events.routes);
  app.route('/api/backups', backupRoutes(services));
  app.route('/api/locks', lockRoutes(services));
  app.route('/api/check', checkRoutes(services));
  app.route('/media', mediaRoutes(services));
  app.route('/', await pageRoutes(pageDirectory));

  app.notFound(() => {
    throw new ExplorerError('EXPLORER_NOT_FOUND', 'there is nothing at this address');
  });
  app.onError((error, context) => {
    const shown = services.showError(error);
    const body: ErrorBody = { error: shown };
    return context.json(body, statusOf(shown.code));
  });
  return { fetch: app.fetch, close: () => events.close() };
}
