import { Hono } from 'hono';
import { EventStream } from '../event-stream.ts';
import type { Services } from '../services.ts';

export interface EventRoutes {
  readonly routes: Hono;
  /** Ends all streams. */
  close(): void;
}

/** The first event, the job, comes when everything that changes from then on is told. */
export function eventRoutes({ jobs, live }: Services): EventRoutes {
  const open = new Set<EventStream>();
  const routes = new Hono();
  routes.get('/', async () => {
    const endings: (() => void)[] = [];
    let hasEnded = false;
    const stream = new EventStream(() => {
      hasEnded = true;
      open.delete(stream);
      for (const end of endings) end();
    });
    open.add(stream);
    void live
      .listen((changes) => stream.send('conversations', changes))
      .then((end) => {
        if (hasEnded) {
          end();
          return;
        }
        endings.push(
          end,
          jobs.listen((job) => stream.send('job', job)),
        );
        stream.send('job', jobs.last ?? null);
      });
    return stream.response;
  });
  return {
    routes,
    close: () => {
      for (const stream of open) stream.close();
    },
  };
}
