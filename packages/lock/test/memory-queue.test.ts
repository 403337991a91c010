import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemoryQueue } from '../src/memory-queue.ts';
import { settle } from './support/until.ts';

const never = new AbortController().signal;

/** A queue whose entries are noted in the order in which they get in. */
function noted() {
  const queue = new MemoryQueue();
  const entered: string[] = [];
  const leave = new Map<string, () => void>();
  const enter = (name: string, signal: AbortSignal = never): Promise<void> =>
    queue.enter(name.startsWith('r'), signal).then((goAway) => {
      entered.push(name);
      leave.set(name, goAway);
    });
  const inside = (): string[] => [...leave.keys()];
  const go = (name: string): void => {
    leave.get(name)?.();
    leave.delete(name);
  };
  return { queue, entered, enter, inside, go };
}

test('the exclusive ones get in one at a time, in order', async () => {
  const { enter, inside, go } = noted();
  const all = Promise.all(['w1', 'w2', 'w3'].map((name) => enter(name)));
  for (const name of ['w1', 'w2', 'w3']) {
    await settle();
    expect(inside()).toEqual([name]);
    go(name);
  }
  await all;
});

test('the shared ones get in together, and those behind an exclusive one wait for it', async () => {
  const { enter, inside, go } = noted();
  const all = Promise.all(['r1', 'r2', 'w3', 'r4', 'r5', 'w6'].map((name) => enter(name)));
  await settle();
  expect(inside()).toEqual(['r1', 'r2']);
  go('r1');
  await settle();
  expect(inside()).toEqual(['r2']);
  go('r2');
  await settle();
  expect(inside()).toEqual(['w3']);
  go('w3');
  await settle();
  expect(inside()).toEqual(['r4', 'r5']);
  go('r5');
  await settle();
  expect(inside()).toEqual(['r4']);
  go('r4');
  await all;
  expect(inside()).toEqual(['w6']);
});

test('who gives up in the middle lets those behind him in', async () => {
  const { enter, inside, queue } = noted();
  const abort = new AbortController();
  await enter('r1');
  const gaveUp = enter('w2', abort.signal);
  const behind = enter('r3');
  await settle();
  expect(inside()).toEqual(['r1']);
  const reason = new Error('enough');
  abort.abort(reason);
  await expect(gaveUp).rejects.toBe(reason);
  await behind;
  expect(inside()).toEqual(['r1', 'r3']);
  expect(queue.isEmpty).toBe(false);
});

test('who gives up behind an exclusive one lets nobody in before it leaves', async () => {
  const { enter, inside, go } = noted();
  const abort = new AbortController();
  await enter('w1');
  const gaveUp = enter('w2', abort.signal);
  const behind = [enter('r3'), enter('w4')];
  abort.abort(new Error('enough'));
  await expect(gaveUp).rejects.toThrow('enough');
  await settle();
  expect(inside()).toEqual(['w1']);
  go('w1');
  await settle();
  expect(inside()).toEqual(['r3']);
  go('r3');
  await Promise.all(behind);
});

test('an aborted signal stops who would have to wait, and nobody else', async () => {
  const { enter, inside, go } = noted();
  const aborted = AbortSignal.abort(new Error('before'));
  await enter('r1', aborted);
  await enter('r2', aborted);
  await expect(enter('w3', aborted)).rejects.toThrow('before');
  go('r1');
  go('r2');
  await enter('w4', aborted);
  await expect(enter('r5', aborted)).rejects.toThrow('before');
  expect(inside()).toEqual(['w4']);
});

test('who was let in is not put out by an abort that comes later', async () => {
  const { enter, inside, go, queue } = noted();
  const abort = new AbortController();
  await enter('w1');
  const second = enter('w2', abort.signal);
  go('w1');
  abort.abort(new Error('too late'));
  await second;
  expect(inside()).toEqual(['w2']);
  go('w2');
  expect(queue.isEmpty).toBe(true);
});

test('to leave twice lets nobody in twice', async () => {
  const queue = new MemoryQueue();
  const leave = await queue.enter(false, never);
  let inside = 0;
  const enter = async (): Promise<() => void> => {
    const goAway = await queue.enter(false, never);
    inside += 1;
    return goAway;
  };
  const [second, third] = [enter(), enter()];
  leave();
  leave();
  await second;
  await settle();
  expect(inside).toBe(1);
  leave();
  await settle();
  expect(inside).toBe(1);
  (await second)();
  (await third)();
  expect(queue.isEmpty).toBe(true);
});

test('listeners do not gather on a signal', async () => {
  const queue = new MemoryQueue();
  let listeners = 0;
  const signal = new Proxy(never, {
    get(target, key) {
      const step = { addEventListener: 1, removeEventListener: -1 }[String(key)];
      if (step === undefined) return Reflect.get(target, key, target);
      return () => {
        listeners += step;
      };
    },
  });
  let leave = await queue.enter(false, signal);
  for (let round = 0; round < 10; round += 1) {
    const next = queue.enter(false, signal);
    expect(listeners).toBe(1);
    leave();
    leave = await next;
    expect(listeners).toBe(0);
  }
});

// fast-check prints seed and counterexample when it fails
test('whatever comes and goes, nobody conflicts, nobody is passed, and nobody is forgotten', async () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ enter: fc.boolean() }) },
    { weight: 2, arbitrary: fc.record({ leave: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ abort: fc.nat() }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const queue = new MemoryQueue();
      // the model: who is in the queue, in order of arrival
      let line: Member[] = [];
      const check = async (): Promise<void> => {
        await settle();
        let isBlocked = false;
        let sharedOnly = true;
        for (const [index, member] of line.entries()) {
          isBlocked ||= index > 0 && !(member.shared && sharedOnly);
          sharedOnly &&= member.shared;
          expect(member.leave !== undefined, `${index} of ${line.length}`).toBe(!isBlocked);
        }
        expect(queue.isEmpty).toBe(line.length === 0);
      };
      for (const one of steps) {
        if ('enter' in one) {
          const member: Member = { shared: one.enter, abort: new AbortController() };
          line.push(member);
          queue.enter(one.enter, member.abort.signal).then(
            (leave) => {
              member.leave = leave;
            },
            () => {},
          );
        } else if ('leave' in one) {
          const inside = line.filter(({ leave }) => leave);
          const member = inside[one.leave % inside.length];
          member?.leave?.();
          line = line.filter((other) => other !== member);
        } else {
          const outside = line.filter(({ leave }) => !leave);
          const member = outside[one.abort % outside.length];
          member?.abort.abort(new Error('enough'));
          line = line.filter((other) => other !== member);
        }
        await check();
      }
    }),
    { numRuns: 200 },
  );
});

interface Member {
  readonly shared: boolean;
  readonly abort: AbortController;
  leave?: () => void;
}
