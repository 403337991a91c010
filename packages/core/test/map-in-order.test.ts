import { expect, test } from 'vitest';
import { mapInOrder } from '../src/map-in-order.ts';
import { collect } from './support/collect.ts';

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

test('results come in the order of the items, whichever is ready first', async () => {
  const work = async (item: number) => {
    for (let left = item % 4; left > 0; left -= 1) await turn();
    return item * 10;
  };
  const items = Array.from({ length: 50 }, (_, index) => index);
  expect(await collect(mapInOrder(items, work, { ahead: 5 }))).toEqual(
    items.map((item) => item * 10),
  );
  expect(await collect(mapInOrder([], work))).toEqual([]);
});

test('no more items are in hand than were asked for, and as many as that once one is yielded', async () => {
  let begun = 0;
  const yielded: number[] = [];
  const work = async (item: number) => {
    begun += 1;
    await turn();
    return item;
  };
  for await (const item of mapInOrder([1, 2, 3, 4, 5, 6, 7, 8], work, { ahead: 3 })) {
    yielded.push(item);
    expect(begun).toBe(Math.min(yielded.length + 2, 8));
  }
  expect(yielded).toHaveLength(8);
});

test('a failure comes in its turn; no item is taken after it, and nothing runs any more', async () => {
  let running = 0;
  const begun: number[] = [];
  const work = async (item: number) => {
    begun.push(item);
    running += 1;
    for (let left = item; left > 0; left -= 1) await turn();
    running -= 1;
    if (item === 2) throw new Error('two');
    return item;
  };
  const seen: number[] = [];
  const all = (async () => {
    for await (const item of mapInOrder([1, 2, 3, 4, 5, 6], work, { ahead: 3 })) seen.push(item);
  })();
  await expect(all).rejects.toThrow('two');
  expect({ seen, begun, running }).toEqual({ seen: [1], begun: [1, 2, 3, 4], running: 0 });
});

test('who stops early waits for what is in hand', async () => {
  let running = 0;
  const work = async (item: number) => {
    running += 1;
    await turn();
    await turn();
    running -= 1;
    return item;
  };
  for await (const _item of mapInOrder([1, 2, 3, 4], work, { ahead: 3 })) break;
  expect(running).toBe(0);
});
