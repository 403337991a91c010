import { expect, test } from 'vitest';
import { useSteadily } from '../src/load/run.ts';
import type { Plant } from '../src/plant.ts';
import { seed } from './support/seed.ts';

const reason = process.platform === 'linux' ? undefined : 'needs /proc';
const skipped = reason ? ` (skipped: ${reason})` : '';

test.skipIf(reason)(
  `nine processes use one store for a while: nothing grows, nothing is lost${skipped}`,
  async () => {
    const { tried, violations, seen } = await useSteadily({ seed, durationMs: 15_000 });
    process.stderr.write(`${tried} operations: ${seen}\n`);
    expect(violations).toEqual([]);
  },
);

test.skipIf(reason).each<[string, RegExp, Plant]>([
  [
    'files that are not closed',
    /grows: descriptors from/,
    {
      file: 'packages/core/src/file-bytes.ts',
      replace: 'finally {\n    await handle.close();',
      by: 'finally {\n    (globalThis.leaked ??= []).push(handle);',
    },
  ],
  [
    'a map that is never emptied',
    /grows: heapUsed from/,
    {
      file: 'packages/core/src/file-manager.ts',
      replace: 'return await file.load();',
      by: 'const loaded = await file.load(); (globalThis.leaked ??= new Map()).set(loaded, id); return loaded;',
    },
  ],
])(`finds a planted bug: %s${skipped}`, async (_, expected, plant) => {
  const { violations } = await useSteadily({ seed, durationMs: 7000, plants: [plant] });
  process.stderr.write(`${violations[0]}\n`);
  expect(violations.join('\n')).toMatch(expected);
});
