import { describe, expect, test } from 'vitest';
import { disturb, type Sweep } from '../src/faults/disturb.ts';
import { ASIDE, FULL, faults, NO_INODES, READ_ONLY, SHORT } from '../src/faults/proof.ts';
import { failSystemCalls } from '../src/faults/system-calls.ts';
import { type Plant, plantFlags } from '../src/plant.ts';
import type { Outcome } from '../src/proof.ts';
import { seed } from './support/seed.ts';

const report = (): void => {};
const checks = await Promise.all(
  faults.checks.map(async (check) => ({ ...check, reason: await check.unavailable?.() })),
);
const reasonOf = (what: string): string | undefined =>
  checks.find((check) => check.what === what)?.reason;

describe.each(checks)('$what', ({ run, reason }) => {
  test.skipIf(reason)(reason ? `skipped: ${reason}` : 'nothing is violated', async () => {
    const { violations, tried } = await run({ seed, scale: 0.0025, report });
    expect(violations).toEqual([]);
    expect(tried).toBeGreaterThanOrEqual(24);
  });
});

const IGNORED_SYNC: Plant = {
  file: 'packages/fs/src/temporary-file.ts',
  replace: "if (this.#settings.durability === 'full') await handle.sync();",
  by: "if (this.#settings.durability === 'full') await handle.sync().catch(() => {});",
};
const NO_CLEAN_UP: Plant = {
  file: 'packages/fs/src/temporary-file.ts',
  replace: '...(this.#nameExists ? [() => this.#unlink()] : []),',
  by: '',
};
const LEAK: Plant = {
  file: 'packages/fs/src/close-after.ts',
  replace: '  const result = await closeOnFailure(handle, work);\n  await handle.close();',
  by: '  const result = await work();\n  await handle.close();',
};
const SHORT_WRITE: Plant = {
  file: 'packages/fs/src/write-all.ts',
  replace: 'done += bytesWritten;',
  by: 'done += left;',
};
const NO_CODE: Plant = {
  file: 'packages/fs/src/rename-durably.ts',
  replace:
    'if (!hasCode(error, ...passing) || performance.now() + pauseMs > deadline) throw error;',
  by: 'if (!hasCode(error, ...passing) || performance.now() + pauseMs > deadline) throw new Error(String(error));',
};
const NO_CODE_OF_OPEN: Plant = {
  file: 'packages/fs/src/temporary-file.ts',
  replace: "const handle = await fileSystem.open(path, 'wx', mode);",
  by: `const handle = await fileSystem.open(path, 'wx', mode).catch((error) => {
    throw new Error(String(error));
  });`,
};
const CLAIM_STAYS: Plant = {
  file: 'packages/core/src/claims.ts',
  replace: 'if (written) store.abandonedClaims.add(written.id);',
  by: '',
};

const CALLS = 'system calls';

type Tool = (options: {
  readonly nodeOptions: readonly string[];
  readonly only: readonly string[];
  readonly until: RegExp;
}) => Promise<Outcome>;

const failing =
  (calls: RegExp): Tool =>
  async (options) =>
    await failSystemCalls({ ...options, seed, scale: 1, calls, report });
const under =
  (sweep: Sweep, scale: number): Tool =>
  async (options) =>
    await disturb(sweep, { ...options, seed, scale, report });

describe('a planted bug is found', () => {
  test.each<[string, string, Tool, string, Plant, RegExp]>([
    [
      'a sync whose failure is ignored',
      CALLS,
      failing(/^fsync.*\.tmp>/),
      'save over',
      IGNORED_SYNC,
      /claims success/,
    ],
    [
      'a temporary file that is left',
      CALLS,
      failing(/^pwrite64.*\.tmp>/),
      'save over',
      NO_CLEAN_UP,
      /leaves/,
    ],
    [
      'a descriptor that is left open',
      CALLS,
      failing(/^fsync/),
      'mark processed',
      LEAK,
      /stays open/,
    ],
    ['an error without code', CALLS, failing(/^rename/), 'mark processed', NO_CODE, /no code/],
    [
      'a claim that nobody has in hand',
      CALLS,
      failing(/^rename.*ticket/),
      'process',
      CLAIM_STAYS,
      /claimed/,
    ],
    [
      'a short write taken for whole',
      'short reads and writes',
      under(SHORT, 0.2),
      'save over',
      SHORT_WRITE,
      /fails/,
    ],
    [
      'a temporary file that is left',
      'full disk',
      under(FULL, 0.1),
      'save over',
      NO_CLEAN_UP,
      /leaves/,
    ],
    [
      'an error without code',
      'no inodes',
      under(NO_INODES, 1),
      'save over',
      NO_CODE_OF_OPEN,
      /no code/,
    ],
    [
      'an error without code',
      'disk turns read-only',
      under({ ...READ_ONLY, most: 45 }, 1),
      'save over',
      NO_CODE_OF_OPEN,
      /no code/,
    ],
    [
      'an error without code',
      'directory taken away',
      under({ ...ASIDE, ways: ['.'], most: 45 }, 1),
      'save over',
      NO_CODE_OF_OPEN,
      /no code/,
    ],
  ])('%s, %s', async (title, what, tool, operation, bug, told) => {
    const reason = reasonOf(what);
    if (reason) return void process.stderr.write(`${title}, ${what}: skipped, ${reason}\n`);
    const nodeOptions = plantFlags([bug]);
    const { violations } = await tool({ nodeOptions, only: [operation], until: told });
    process.stderr.write(`${title}, ${what}: ${violations.at(-1)}\n`);
    expect(violations.join('\n')).toMatch(told);
  });
});
