import { expect, test } from 'vitest';
import { type Plant, plantFlags } from '../src/plant.ts';
import { checkCases } from '../src/strange/case.ts';
import { checkEntries } from '../src/strange/entries.ts';
import type { EntryCase } from '../src/strange/entry-case.ts';
import { strange } from '../src/strange/proof.ts';
import { lackOfRoot } from '../src/tools.ts';
import { seed } from './support/seed.ts';

const options = { seed, report: () => {} };

for (const { what, run, unavailable } of strange.checks) {
  const reason = await unavailable?.();
  test.skipIf(reason)(
    `a slice of ${what} has no violations${reason ? ` (${reason})` : ''}`,
    async () => {
      const { violations, tried } = await run({ ...options, scale: 0.007 });
      expect(violations).toEqual([]);
      expect(tried).toBeGreaterThan(3);
    },
  );
}

test('hangs are found: an undo record is opened and waited for', async () => {
  const found = await entry(
    { place: 'undo of big', kind: 'a FIFO', operation: 'load big' },
    {
      file: 'packages/fs/src/open-flags.ts',
      replace: '(constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)',
      by: 'constants.O_NOFOLLOW',
    },
  );
  expect(found).toMatch(/hangs/);
});

test('what is read through a link is found', async () => {
  const found = await entry(
    { place: 'a, unprocessed', kind: 'a link to a file inside', operation: 'load a' },
    {
      file: 'packages/core/src/file-bytes.ts',
      replace: '(constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);',
      by: 'constants.O_NONBLOCK ?? 0;',
    },
  );
  expect(found).toMatch(/must be refused/);
});

test('what is written through a link is found', async () => {
  const found = await entry(
    { place: 'state', kind: 'a link to a directory outside', operation: 'process' },
    {
      file: 'packages/core/src/store-directory.ts',
      replace: '    await this.refuseLinks();\n',
      by: '',
    },
  );
  expect(found).toMatch(/outside: new: directory\/\w+\.json/);
});

test('memory without a bound is found', async () => {
  const found = await entry(
    { place: 'changes of a', kind: 'the device zero', operation: 'check' },
    {
      file: 'packages/core/src/file-bytes.ts',
      replace: 'isFile = (await handle.stat()).isFile();',
      by: 'isFile = true;',
    },
  );
  expect(found).toMatch(/MiB of memory|hangs|died/);
});

const PLANTED: readonly [string, string, Plant, RegExp][] = [
  [
    'name-cases.ts',
    'a change log with a second name elsewhere',
    {
      file: 'packages/core/src/change-log.ts',
      replace: 'if (stats.nlink > 1) {',
      by: 'if (stats.nlink > 99) {',
    },
    /the other name/,
  ],
  [
    'name-cases.ts',
    'no encoding of an id',
    {
      file: 'packages/core/src/layout.ts',
      replace: 'return isEncodable(id) && encode(id) === encoded ? id : undefined;',
      by: 'return id;',
    },
    /list/,
  ],
  [
    'document-cases.ts',
    'a deep message',
    {
      file: 'packages/core/src/conversation-file.ts',
      replace: 'json: this.#stringify(key, message)',
      by: 'json: stringifyJson(message)',
    },
    /nested too deeply/,
  ],
  [
    'clock-cases.ts',
    'who has a conversation in hand keeps it',
    {
      file: 'packages/core/src/claims.ts',
      replace: 'if (store.abandonedClaims.has',
      by: 'if (Date.now() - Date.parse(claim.since) > 3_600_000) return true;\n  if (store.abandonedClaims.has',
    },
    /"processed", not "claimed"/,
  ],
  [
    'clock-cases.ts',
    'what failed in a wrong future is tried again',
    { file: 'packages/core/src/claims.ts', replace: 'Date.parse(failure.at) <= now() && ', by: '' },
    /after 315360000000: 0, not 1/,
  ],
  [
    'clock-cases.ts',
    'automatic backups go on',
    {
      file: 'packages/core/src/automatic-backups.ts',
      replace: 'if (now < this.#latest) this.#notBefore = Number.NEGATIVE_INFINITY;',
      by: '',
    },
    /no backup at/,
  ],
  [
    'clock-cases.ts',
    'backups keep their order, and some stay',
    {
      file: 'packages/backup/src/retention.ts',
      replace: 'createdAt) > now + 60_000',
      by: 'createdAt) > now + 1e15',
    },
    /is gone|stay at/,
  ],
];

for (const [file, name, patch, found] of PLANTED) {
  test(`${name}: turns red with a planted bug`, async () => {
    const module = new URL(`../src/strange/${file}`, import.meta.url);
    const flags = plantFlags([patch]);
    const { violations } = await checkCases(module, [name], { ...options, scale: 1, flags });
    expect(violations.join('\n')).toMatch(found);
  });
}

test.skipIf(lackOfRoot())(
  'has one that may not be read: turns red with a planted bug',
  async () => {
    const module = new URL('../src/strange/owner-cases.ts', import.meta.url);
    const flags = plantFlags([
      {
        file: 'packages/core/src/check.ts',
        replace: "const codes = ['EACCES', 'EPERM', 'EIO'];",
        by: "const codes = ['EIO'];",
      },
    ]);
    const only = ['has one that may not be read'];
    const { violations } = await checkCases(module, only, { ...options, scale: 1, flags });
    expect(violations.join('\n')).toMatch(/EACCES/);
  },
);

async function entry(one: EntryCase, patch: Plant): Promise<string> {
  const planted = { flags: plantFlags([patch]), timeoutMs: 5000, cases: [one] };
  const { violations } = await checkEntries({ ...options, scale: 1, ...planted });
  return violations.join('\n');
}
