import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import type { ShownError } from '../api/index.ts';
import { createApp } from './app.ts';
import { ExplorerError, showError } from './errors.ts';
import { newToken } from './guard.ts';
import { Jobs } from './jobs.ts';
import { LiveConversations } from './live-conversations.ts';
import { MediaFiles } from './media-files.ts';
import type { Explorer, ExplorerOptions } from './options.ts';
import type { Services } from './services.ts';

/**
 * Serves the page of a store on this machine alone, until it is closed.
 *
 * @throws {@link ExplorerError} `EXPLORER_PORT_IN_USE`, `EXPLORER_NO_PAGE`
 */
export async function startExplorer(options: ExplorerOptions): Promise<Explorer> {
  const { store, pageDirectory, version, isReadOnly = false, explainError } = options;
  const { processing, backupKeys = {}, mediaDirectories = [] } = options;
  const show = (error: unknown): ShownError => showError(error, explainError);
  const live = new LiveConversations({ store, showError: show });
  const services: Services = {
    store,
    version,
    isReadOnly,
    processing,
    backupKeys,
    media: new MediaFiles([...mediaDirectories, store.storageDir]),
    live,
    jobs: new Jobs({ store, processing, live, showError: show }),
    showError: show,
  };
  const token = newToken();
  let port = 0;
  const app = await createApp(services, { token, portOf: () => port, pageDirectory });
  const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false }) as Server;
  port = await listen(server, options.port ?? 0);

  const close = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    await services.jobs.close();
    await store.close();
    app.close();
    live.close();
    server.closeAllConnections();
    await closed;
  };
  const address = `http://127.0.0.1:${port}/#token=${token}`;
  return { address, port, close, [Symbol.asyncDispose]: close };
}

/** Resolves to the port. */
async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, port)));
    server.listen(port, '127.0.0.1', resolve);
  });
  const bound = server.address();
  return typeof bound === 'object' && bound ? bound.port : port;
}

function explain(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') return error;
  const message = `port ${port} can't be had (${error.code}); name another with --port, or none for a free one`;
  return new ExplorerError('EXPLORER_PORT_IN_USE', message);
}
