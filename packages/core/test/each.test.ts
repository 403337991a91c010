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
