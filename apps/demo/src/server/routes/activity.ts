import { createHash } from 'node:crypto';
import type { EnhancedFileManager } from '@tgstore/core';
import { Hono } from 'hono';
import type { Activity, ActivityEvent } from '../../api/index.ts';
import { ActivityCounter } from '../count-activity.ts';
import { jsonLines } from '../json-lines.ts';
import type { Services } from '../services.ts';

type Events = AsyncGenerator<ActivityEvent, Activity>;

export function activityRoutes({ store, showError }: Services): Hono {
  const cache = new RecentActivity();
  const routes = new Hono();
  routes.get('/', async ({ req }) => {
    const id = req.query('conversation');
    return await jsonLines(async function* (signal) {
      try {
        const key = id ? await versionOf(store, id) : await versionOfAll(store);
        let activity = cache.get(key);
        if (!activity) {
          activity = yield* id ? countOne(store, id, signal) : countAll(store, signal);
          cache.set(key, activity);
        }
        yield { type: 'activity', activity };
      } catch (error) {
        if (!signal.aborted) yield { type: 'failed', error: showError(error) };
      }
    });
  });
  return routes;
}

async function* countOne(store: EnhancedFileManager, id: string, signal: AbortSignal): Events {
  const { message_count } = await store.readMetadata(id);
  const counter = new ActivityCounter();
  let done = 0;
  let toldAt = performance.now();
  for await (const message of store.readMessages(id)) {
    counter.add(message);
    done += 1;
    // a look at the clock takes as long as a message
    if (done % 1000 !== 0 || performance.now() - toldAt < EVERY_MS) continue;
    signal.throwIfAborted();
    toldAt = performance.now();
    yield { type: 'progress', done, total: message_count ?? done };
  }
  return counter.finish();
}

/** By conversation instead of sender. One that can't be read is left out; `check` tells why. */
async function* countAll(store: EnhancedFileManager, signal: AbortSignal): Events {
  const counter = new ActivityCounter();
  const { totalCount: total } = await store.getConversationStats();
  let done = 0;
  let toldAt = performance.now();
  for await (const { file, metadata } of store.listMetadata()) {
    const sender = { id: file.id, name: metadata?.name ?? undefined };
    done += 1;
    try {
      let read = 0;
      for await (const message of metadata ? store.readMessages(file.id) : []) {
        counter.add(message, sender);
        read += 1;
        if (read % 1000 === 0) signal.throwIfAborted();
      }
    } catch {
      signal.throwIfAborted();
    }
    if (performance.now() - toldAt < EVERY_MS) continue;
    toldAt = performance.now();
    yield { type: 'progress', done, total };
  }
  return counter.finish();
}

/** The last ones that were asked for. */
class RecentActivity {
  readonly #entries = new Map<string, Activity>();

  get(key: string): Activity | undefined {
    return this.#entries.get(key);
  }

  set(key: string, activity: Activity): void {
    const [oldest] = this.#entries.keys();
    if (this.#entries.size >= MOST_KEPT && oldest !== undefined) this.#entries.delete(oldest);
    this.#entries.set(key, activity);
  }
}

/** Equal for equal content. */
async function versionOf(store: EnhancedFileManager, id: string): Promise<string> {
  await using file = await store.openConversation(id);
  const { revision_id } = await file.readMetadata();
  const { inode, size, modifiedNs } = file.identity;
  return JSON.stringify([id, revision_id ?? [inode, size, modifiedNs].map(String), file.size]);
}

async function versionOfAll(store: EnhancedFileManager): Promise<string> {
  const hash = createHash('sha256');
  for await (const { file, metadata, size } of store.listMetadata()) {
    hash.update(JSON.stringify([file.id, metadata?.revision_id, metadata?.last_update, size]));
  }
  return hash.digest('hex');
}

const EVERY_MS = 200;
const MOST_KEPT = 8;
