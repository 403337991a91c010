import type { ConversationRow, ServerEvents } from '../api/index.ts';
import { listRows } from './list-rows.ts';
import type { Services } from './services.ts';

export type ConversationChanges = ServerEvents['conversations'];
type Listener = (changes: ConversationChanges) => void;

/**
 * Tells of conversations that any process changes. One watcher serves all listeners: it begins with the first of them, and ends
 * with the last. Changes are gathered, so that ten thousand of them are few events.
 */
export class LiveConversations {
  readonly #services: Pick<Services, 'store' | 'showError'>;
  readonly #listeners = new Set<Listener>();
  readonly #touched = new Set<string>();
  #watcher: Watcher | undefined;
  #flushing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(services: Pick<Services, 'store' | 'showError'>) {
    this.#services = services;
  }

  /** Resolves when whatever changes from now on is told, to what ends it. */
  async listen(listener: Listener): Promise<() => void> {
    this.#listeners.add(listener);
    this.#watcher ??= this.#watch();
    await this.#watcher.ready;
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.close();
    };
  }

  /** Tells of a conversation whose file did not change, but what is known of it. */
  touch(id: string): void {
    if (this.#listeners.size === 0) return;
    this.#touched.add(id);
    this.#timer ??= setTimeout(() => this.#flush(), BATCH_MS);
  }

  close(): void {
    this.#watcher?.stop();
    this.#watcher = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#touched.clear();
  }

  #watch(): Watcher {
    const stopping = new AbortController();
    const { store } = this.#services;
    const ready = new Promise<void>((resolve) => {
      const events = store.watchConversations({
        signal: stopping.signal,
        debounceMs: BATCH_MS,
        onReady: resolve,
      });
      const run = async (): Promise<void> => {
        try {
          for await (const { id } of events) this.touch(id);
        } catch {
          // the store can't be read: whoever asks for something is told why
          if (!stopping.signal.aborted) this.#watcher = undefined;
        }
        resolve();
      };
      void run();
    });
    return { ready, stop: () => stopping.abort() };
  }

  #flush(): void {
    this.#timer = undefined;
    // what comes while rows are read waits for the next time
    this.#flushing ??= this.#tell().finally(() => {
      this.#flushing = undefined;
      if (this.#touched.size > 0) this.#timer ??= setTimeout(() => this.#flush(), BATCH_MS);
    });
  }

  async #tell(): Promise<void> {
    const ids = [...this.#touched].slice(0, LARGEST_BATCH);
    for (const id of ids) this.#touched.delete(id);
    try {
      const changed: ConversationRow[] = [];
      for await (const row of listRows(this.#services, ids)) changed.push(row);
      const there = new Set(changed.map(({ id }) => id));
      const removed = ids.filter((id) => !there.has(id));
      for (const listener of this.#listeners) listener({ changed, removed });
    } catch {
      // the store is gone: there is nothing to tell of
    }
  }
}

interface Watcher {
  readonly ready: Promise<void>;
  readonly stop: () => void;
}

const BATCH_MS = 100;
const LARGEST_BATCH = 2_000;
