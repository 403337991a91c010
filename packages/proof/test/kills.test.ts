import { expect, test } from 'vitest';
import { killAgainAndAgain } from '../src/kills/run.ts';
import type { Plant } from '../src/plant.ts';
import { seed } from './support/seed.ts';

test('what ten processes do to one store while each is killed again and again loses nothing', async () => {
  const { tried, violations, seen } = await killAgainAndAgain({ seed, kills: 25 });
  process.stderr.write(`${tried} kills: ${seen}\n`);
  expect(violations).toEqual([]);
  expect(tried).toBeGreaterThanOrEqual(25);
});

const LOCKS = 'packages/core/src/lock-conversations.ts';
const CLAIMS = 'packages/core/src/claims.ts';
const LOCKED = `await withLock(layout.lockPath(id), lockOptions, (lock) =>
      change({ assertHeld: () => lock.assertHeld() }),
    );`;

/** No bug: a processor has what it was given in hand for longer, while others change it. */
const SLOW_WORK = {
  file: 'packages/proof/src/stress/logged-work.ts',
  replace: 'await delay(random.int(0, 15));',
  by: 'await delay(300);',
};
/** No bug: it makes the moment longer in which there is an undo record. */
const SLOW_APPENDS = {
  file: 'packages/fs/src/append-tail.ts',
  replace: 'await replaceTail(handle, target, chunks,',
  by: 'await new Promise((resolve) => setTimeout(resolve, 30)); await replaceTail(handle, target, chunks,',
};

test.each<[string, RegExp, ...Plant[]]>([
  [
    'changes without a lock',
    /was acknowledged, and|in the hands of|ended with|recovery/,
    {
      file: LOCKS,
      replace: LOCKED,
      by: 'await change({ assertHeld: () => void [withLock, lockOptions] });',
    },
  ],
  [
    'marks as processed without a look at what is there now',
    /is marked as processed, and its processor had/,
    {
      file: CLAIMS,
      replace: 'if (await isStill(store, found, file, version)) {',
      by: 'if (file) {',
    },
    SLOW_WORK,
  ],
  [
    'a claim that counts for nothing',
    /was in the hands of \d+ and \d+ at a time/,
    {
      file: CLAIMS,
      replace: `if (other && !(await isVoid(store, other))) return 'claimed';`,
      by: 'void other;',
    },
    SLOW_WORK,
  ],
  [
    'interrupted appends that nobody takes back',
    /ended with|was acknowledged, and|recovery|can't be read/,
    {
      file: 'packages/core/src/take-back-append.ts',
      replace: `if (!(await store.exists(record))) return 'none';`,
      by: `if (record) return 'none';`,
    },
    SLOW_APPENDS,
  ],
])('finds a planted bug: %s', async (_, expected, ...plants) => {
  const { violations, tried } = await killAgainAndAgain({ seed, kills: 400, plants });
  process.stderr.write(`after ${tried} kills: ${violations[0]}\n`);
  expect(violations.join('\n')).toMatch(expected);
});
