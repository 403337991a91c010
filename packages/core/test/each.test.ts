import { expect, test } from 'vitest';
import { each } from '../src/each.ts';

test('a failure stops taking new items and is thrown when nothing runs any more', async () => {
  const failure = new Error('no');
  const taken: number[] = [];
  let running = 0;
  const work = async (item: number): Promise<void> => {
    taken.push(item);
    running += 1;
    await new Promise(setImmediate);
    running -= 1;
    if (item === 2) throw failure;
  };
  await expect(each([1, 2, 3, 4, 5, 6, 7], work, { concurrency: 2 })).rejects.toBe(failure);
  expect(running).toBe(0);
  expect(taken.length).toBeLessThanOrEqual(4);
});

test('an abort stops taking new items and is thrown when nothing runs any more', async () => {
  const abort = new AbortController();
  const reason = new Error('stop');
  let done = 0;
  const work = async (_item: number, signal: AbortSignal): Promise<void> => {
    abort.abort(reason);
    expect(signal.aborted).toBe(true);
    done += 1;
  };
  await expect(each([1, 2, 3], work, { concurrency: 1, signal: abort.signal })).rejects.toBe(
    reason,
  );
  expect(done).toBe(1);
});
