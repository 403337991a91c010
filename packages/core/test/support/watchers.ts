import { expect } from 'vitest';
import { type WatchDirectory, watchDirectory } from '../../src/directory-events.ts';

/** No rescan in the time of a test: what comes, comes by an event. */
export const NO_RESCAN_MS = 3_600_000;

/** A watcher that loses all events. */
export const deaf: WatchDirectory = () => ({ close() {} });

/** The real watcher, and how many of its kind are open. */
export function counted(): { watch: WatchDirectory; open: () => number } {
  let open = 0;
  const watch: WatchDirectory = (directory, onEvent) => {
    const watcher = watchDirectory(directory, onEvent);
    open += 1;
    return {
      close() {
        open -= 1;
        watcher.close();
      },
    };
  };
  return { watch, open: () => open };
}

/** The next value, or as many as are asked for. */
export async function next<T>(values: AsyncGenerator<T>): Promise<T> {
  const { done, value } = await values.next();
  expect(done).toBe(false);
  return value;
}

export async function nextOf<T>(count: number, values: AsyncGenerator<T>): Promise<T[]> {
  const all: T[] = [];
  while (all.length < count) all.push(await next(values));
  return all;
}
