import pMap from 'p-map';

export interface EachOptions {
  /** How many items are in hand at a time. @default 8 */
  readonly concurrency?: number | undefined;
}

/**
 * Runs `worker` for each item, several at a time. The first failure stops taking new items; it is thrown only when
 * nothing runs any more, so whatever the workers hold can be released after it.
 */
export async function each<T>(
  items: Iterable<T>,
  worker: (item: T) => Promise<void>,
  { concurrency = 8 }: EachOptions = {},
): Promise<void> {
  const failure = new AbortController();
  // p-map rejects while other mappers still run; ours never throws, so it waits for all of them
  const run = async (item: T): Promise<void> => {
    if (failure.signal.aborted) return;
    try {
      await worker(item);
    } catch (error) {
      failure.abort(error);
    }
  };
  await pMap(items, run, { concurrency });
  failure.signal.throwIfAborted();
}
