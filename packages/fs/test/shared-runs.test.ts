import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SharedRuns } from '../src/shared-runs.ts';

/** Runs that end when they are told to. */
function runs() {
  const begun: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  const run = () =>
    new Promise<void>((resolve, reject) => {
      begun.push({ resolve, reject });
    });
  return { begun, run };
}

/** Lets everything go on that waits for nothing. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

test('those who come while one runs share the next, which begins when that one has ended', async () => {
  const shared = new SharedRuns();
  const { begun, run } = runs();
  const done: string[] = [];
  const join = (name: string) => void shared.join('a', run).then(() => done.push(name));
  join('first');
  await settle();
  expect(begun).toHaveLength(1);
  for (const name of ['second', 'third', 'fourth']) join(name);
  await settle();
  expect(begun).toHaveLength(1);
  begun[0]?.resolve();
  await settle();
  expect(done).toEqual(['first']);
  expect(begun).toHaveLength(2);
  join('fifth');
  begun[1]?.resolve();
  await settle();
  expect(done).toEqual(['first', 'second', 'third', 'fourth']);
  begun[2]?.resolve();
  await settle();
  expect(done).toEqual(['first', 'second', 'third', 'fourth', 'fifth']);
});

test('runs of different keys do not wait for each other', async () => {
  const shared = new SharedRuns();
  const { begun, run } = runs();
  const both = [shared.join('a', run), shared.join('b', run)];
  await settle();
  expect(begun).toHaveLength(2);
  for (const { resolve } of begun) resolve();
  await Promise.all(both);
});

test('a failure is that of all who shared the run or waited for its end, and of nobody after', async () => {
  const shared = new SharedRuns();
  const { begun, run } = runs();
  const error = new Error('EIO');
  const first = shared.join('a', run);
  await settle();
  const waiting = [shared.join('a', run), shared.join('a', run)];
  begun[0]?.reject(error);
  for (const result of await Promise.allSettled([first, ...waiting])) {
    expect(result).toEqual({ status: 'rejected', reason: error });
  }
  expect(begun).toHaveLength(1);
  const after = shared.join('a', run);
  await settle();
  begun[1]?.resolve();
  await after;
});

test('whatever the order, each gets the end of a run that began after it asked, and no two overlap', async () => {
  const step = fc.constantFrom('join', 'join', 'pass', 'fail', 'tick');
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const shared = new SharedRuns();
      let time = 0;
      let running: { readonly began: number; end(failed: boolean): void } | undefined;
      const ended: { readonly began: number; readonly failed: boolean }[] = [];
      const run = async (): Promise<void> => {
        expect(running).toBeUndefined();
        time += 1;
        const began = time;
        await new Promise<void>((resolve, reject) => {
          const end = (failed: boolean): void => {
            running = undefined;
            ended.push({ began, failed });
            if (failed) reject(new Error('EIO'));
            else resolve();
          };
          running = { began, end };
        });
      };
      const callers: Promise<void>[] = [];
      const join = async (): Promise<void> => {
        time += 1;
        const asked = time;
        const failed = await shared.join('a', run).then(
          () => false,
          () => true,
        );
        if (!failed) expect(ended.some((each) => !each.failed && each.began > asked)).toBe(true);
        else expect(ended.some((each) => each.failed)).toBe(true);
      };
      for (const what of steps) {
        if (what === 'join') callers.push(join());
        else if (what === 'tick') await settle();
        else running?.end(what === 'fail');
      }
      for (let left = steps.length; left >= 0; left -= 1) {
        await settle();
        running?.end(false);
      }
      await Promise.all(callers);
    }),
    { numRuns: 300 },
  );
});
