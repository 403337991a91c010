import { setTimeout as delay } from 'node:timers/promises';
import {
  OneProcessor,
  type ProcessingResult,
  type ProcessOptions,
  type Processor,
} from './process-all.ts';
import { readState } from './state-file.ts';
import type { StoreDirectory } from './store-directory.ts';
import { type WatchOptions, watchUnprocessed } from './watch-unprocessed.ts';

/** Options of {@link EnhancedFileManager.processAsTheyCome}. */
export interface WatchedOptions<T>
  extends Omit<ProcessOptions<T>, 'ids' | 'onProgress'>,
    Pick<WatchOptions, 'debounceMs' | 'rescanMs'> {
  /** Called after each conversation. */
  readonly onResult?: ((id: string, result: ProcessingResult<T>) => void) | undefined;
}

/** Hands over conversations as they come, until a signal; see `EnhancedFileManager.processAsTheyCome`. */
export async function processWatched<T>(
  store: StoreDirectory,
  work: Processor<T>,
  { concurrency = 4, debounceMs, rescanMs, onResult, ...options }: WatchedOptions<T>,
): Promise<void> {
  const { signal, drainSignal, now = Date.now } = options;
  const stop = AbortSignal.any([signal, drainSignal].filter((one) => one !== undefined));
  const processor = new OneProcessor(store, work, options);
  const due = new DueTimes(now);
  const inHand = new Map<string, Promise<void>>();
  const takeOne = async (id: string): Promise<void> => {
    const result = await processor.process(id);
    onResult?.(id, result);
    const next = await nextTime(store, id, result, now());
    if (next !== undefined) due.add(id, next);
  };
  const watching = watch();
  while (!stop.aborted) {
    const free = concurrency - inHand.size;
    for (const id of due.take(free, (other) => inHand.has(other))) {
      const running = takeOne(id).finally(() => inHand.delete(id));
      inHand.set(id, running);
      running.catch(() => {});
    }
    await due.wait(stop, [...inHand.values()], inHand.size < concurrency);
  }
  await watching;
  const ended = await Promise.allSettled(inHand.values());
  const failure = ended.find((result) => result.status === 'rejected');
  if (failure) throw failure.reason;

  async function watch(): Promise<void> {
    for await (const id of watchUnprocessed(store, { signal: stop, debounceMs, rescanMs })) {
      due.add(id, 0);
    }
  }
}

/** When one that is left shall be taken again; changes show themselves. */
async function nextTime(
  store: StoreDirectory,
  id: string,
  { status }: ProcessingResult<unknown>,
  now: number,
): Promise<number | undefined> {
  if (status === 'claimed') return now + LOOK_AGAIN_MS;
  if (status === 'changed') return now;
  if (status !== 'failed' && status !== 'waiting') return undefined;
  const { failure } = await readState(store, id);
  // what could not be recorded, for instance because of a full disk
  return failure ? Date.parse(failure.next_attempt) : now + LOOK_AGAIN_MS;
}

/** Which conversation is to be taken when. */
class DueTimes {
  readonly #times = new Map<string, number>();
  readonly #now: () => number;
  #latest = 0;
  #wake = (): void => {};

  constructor(now: () => number) {
    this.#now = now;
  }

  add(id: string, time: number): void {
    this.#times.set(id, Math.min(time, this.#times.get(id) ?? Number.POSITIVE_INFINITY));
    this.#wake();
  }

  /** Takes some that are due out of it. */
  take(limit: number, isBusy: (id: string) => boolean): string[] {
    const now = this.#goOn();
    const taken: string[] = [];
    for (const [id, time] of this.#times) {
      if (taken.length >= limit) break;
      if (time > now || isBusy(id)) continue;
      this.#times.delete(id);
      taken.push(id);
    }
    return taken;
  }

  /** The present; where the clock was set back, what is waited for comes as much earlier. */
  #goOn(): number {
    const now = this.#now();
    const back = this.#latest - now;
    if (back > 0) for (const [id, time] of this.#times) this.#times.set(id, time - back);
    this.#latest = now;
    return now;
  }

  /** Until one is added or ends, or is due while a place is free. */
  async wait(stop: AbortSignal, running: readonly Promise<void>[], isFree: boolean): Promise<void> {
    const timer = new AbortController();
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
      stop.addEventListener('abort', () => resolve(), { once: true, signal: timer.signal });
    });
    const next = Math.min(...this.#times.values(), this.#now() + LOOK_AGAIN_MS);
    const ms = isFree ? Math.max(0, next - this.#now()) : LOOK_AGAIN_MS;
    const sleep = delay(ms, undefined, { signal: timer.signal }).catch(() => {});
    try {
      if (!stop.aborted) await Promise.race([woken, sleep, ...running]);
    } finally {
      timer.abort();
    }
  }
}

const LOOK_AGAIN_MS = 5000;
