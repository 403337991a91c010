import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { enterHolding, type Holding, nest, runHolding } from '../src/holding.ts';

/** Takes a lock in a context of its own. */
async function within(lock: string, work: () => Promise<void>): Promise<void> {
  const holding = nest(lock, `/${lock}`);
  await runHolding(holding, async () => {
    holding.isHeld = true;
    await work();
    holding.isHeld = false;
  });
}

function lengthOf(holding: Holding): number {
  let length = 0;
  for (let one: Holding | undefined = holding; one; one = one.outer) length += 1;
  return length;
}

test('a context can not take what it holds, however deep, and can take anything else', async () => {
  await within('a', async () => {
    await within('b', async () => {
      await sleep(0);
      expect(() => nest('a', '/a')).toThrow(
        expect.objectContaining({ name: 'LockError', code: 'LOCK_REENTRANT', path: '/a' }),
      );
      expect(() => nest('b', '/b')).toThrow(expect.objectContaining({ code: 'LOCK_REENTRANT' }));
      expect(() => nest('c', '/c')).not.toThrow();
    });
    expect(() => nest('b', '/b')).not.toThrow();
  });
  expect(() => nest('a', '/a')).not.toThrow();
});

test('a lock that is only waited for is not held', async () => {
  const holding = nest('a', '/a');
  await runHolding(holding, async () => {
    expect(() => nest('a', '/a')).not.toThrow();
    holding.isHeld = true;
    expect(() => nest('a', '/a')).toThrow();
  });
});

test('what is held further out counts though what is held further in was given back', async () => {
  await within('a', async () => {
    const inner = nest('b', '/b');
    await runHolding(inner, async () => {
      expect(inner.isHeld).toBe(false);
      expect(() => nest('a', '/a')).toThrow();
    });
  });
});

test('a task that a holder started may take the lock once that has been given back', async () => {
  let goOn = (): void => {};
  const given = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  let early: unknown;
  let late: Promise<void> | undefined;
  await within('a', async () => {
    late = given.then(() => within('a', async () => {}));
    early = await within('a', async () => {}).catch((error: unknown) => error);
  });
  goOn();
  await late;
  expect(early).toMatchObject({ code: 'LOCK_REENTRANT' });
});

test('what was given back is not remembered, however often a context takes a lock', async () => {
  await runHolding({ lock: 'start', isHeld: false, outer: undefined }, async () => {
    for (let round = 0; round < 1000; round += 1) {
      const holding = nest('a', '/a');
      expect(lengthOf(holding)).toBe(1);
      enterHolding(holding);
      await null;
      holding.isHeld = true;
      holding.isHeld = false;
    }
  });
});

test('what was given back is not remembered by a context that goes from lock to lock hand over hand', async () => {
  await runHolding({ lock: 'start', isHeld: false, outer: undefined }, async () => {
    let last: Holding | undefined;
    let longest = 0;
    for (let round = 0; round < 1000; round += 1) {
      const holding = nest(`lock ${round}`, `/lock ${round}`);
      longest = Math.max(longest, lengthOf(holding));
      enterHolding(holding);
      holding.isHeld = true;
      if (last) last.isHeld = false;
      last = holding;
    }
    expect(longest).toBeLessThan(10);
  });
});
