import pMap from 'p-map';

export interface EachOptions {
  /** How many items are in hand at a time. @default 8 */
  readonly concurrency?: number | undefined;
  /** Takes no more items once it is aborted; rejects with its reason when nothing runs any more. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs `worker` for each item, several at a time. The first failure stops taking new items; it is thrown only when
 * nothing runs any more, so whatever the workers hold can be released after it.
 */
export async function each<T>(
  items: Iterable<T>,
  worker: (item: T, signal: AbortSignal) => Promise<void>,
  { concurrency = 8, signal }: EachOptions = {},
): Promise<void> {
  const failure = new AbortController();
  const stop = signal ? AbortSignal.any([signal, failure.signal]) : failure.signal;
  // p-map rejects while other mappers still run; ours never throws, so it waits for all of them
  const run = async (item: T): Promise<void> => {
    if (stop.aborted) return;
    try {
      await worker(item, stop);
    } catch (error) {
      failure.abort(error);
    }
  };
  await pMap(items, run, { concurrency });
  stop.throwIfAborted();
}
