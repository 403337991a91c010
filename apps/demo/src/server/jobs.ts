import type { ProcessingEvent } from '@tgstore/core';
import type { Job, JobRequest } from '../api/index.ts';
import { ExplorerError } from './errors.ts';
import type { Processing } from './options.ts';
import type { Services } from './services.ts';

type Listener = (job: Job) => void;
type Failure = Job['failures'][number];

/** Processing jobs, one at a time. Their command was given at the start; a request only says which conversations. */
export class Jobs {
  readonly #services: Pick<Services, 'store' | 'processing' | 'showError' | 'live'>;
  readonly #listeners = new Set<Listener>();
  #last: Job | undefined;
  #drain = new AbortController();
  #running: Promise<void> | undefined;
  #toldAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(services: Pick<Services, 'store' | 'processing' | 'showError' | 'live'>) {
    this.#services = services;
  }

  /** The one that runs, or the last one. */
  get last(): Job | undefined {
    return this.#last;
  }

  /** Tells of each change until what it returns is called; at most ten times a second, and always at the end. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @throws {@link ExplorerError} `EXPLORER_NO_COMMAND`, `EXPLORER_BUSY` */
  start(request: JobRequest): Job {
    const { processing } = this.#services;
    if (!processing) {
      const message = 'no command was given; start again with tgstore serve --exec COMMAND';
      throw new ExplorerError('EXPLORER_NO_COMMAND', message);
    }
    if (this.#running !== undefined) {
      throw new ExplorerError('EXPLORER_BUSY', 'a job is running; wait for it, or stop it');
    }
    this.#drain = new AbortController();
    const job: Job = {
      id: (this.#last?.id ?? 0) + 1,
      state: 'running',
      startedAt: new Date().toISOString(),
      done: 0,
      counts: {},
      failures: [],
    };
    this.#last = job;
    this.#tell();
    this.#running = this.#run(processing, request);
    return job;
  }

  /** Lets it finish what is in hand and take no more. */
  stop(): Job | undefined {
    if (this.#running !== undefined) {
      this.#drain.abort();
      this.#change({ state: 'stopping' });
      this.#tell();
    }
    return this.#last;
  }

  /** Resolves when nothing is in hand any more. */
  async close(): Promise<void> {
    this.stop();
    await this.#running;
    clearTimeout(this.#timer);
  }

  async #run({ work, options }: Processing, { ids, retryFailed }: JobRequest): Promise<void> {
    try {
      await this.#services.store.processAllUnprocessed(work, {
        ...options,
        ids,
        retryFailed,
        drainSignal: this.#drain.signal,
        onProgress: (event) => {
          this.#note(event);
          options?.onProgress?.(event);
        },
      });
      this.#change({ state: 'done', endedAt: new Date().toISOString() });
    } catch (error) {
      const shown = this.#services.showError(error);
      this.#change({ state: 'failed', endedAt: new Date().toISOString(), error: shown });
    } finally {
      this.#running = undefined;
      this.#tell();
    }
  }

  #note({ id, result, done, total }: ProcessingEvent<void>): void {
    const { status, error } = result;
    const { counts, failures } = this.#last as Job;
    const failure: Failure[] =
      error === undefined ? [] : [{ conversationId: id, error: this.#services.showError(error) }];
    this.#change({
      done,
      total,
      counts: { ...counts, [status]: (counts[status] ?? 0) + 1 },
      failures: [...failures, ...failure].slice(-MOST_FAILURES),
    });
    // that it failed is known of it, though its file is the same
    this.#services.live.touch(id);
    this.#tellSoon();
  }

  #change(change: Partial<Job>): void {
    this.#last = { ...(this.#last as Job), ...change };
  }

  #tellSoon(): void {
    const wait = this.#toldAt + EVERY_MS - Date.now();
    if (wait <= 0) this.#tell();
    else this.#timer ??= setTimeout(() => this.#tell(), wait);
  }

  #tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#toldAt = Date.now();
    for (const listener of this.#listeners) listener(this.#last as Job);
  }
}

const EVERY_MS = 100;
const MOST_FAILURES = 100;
