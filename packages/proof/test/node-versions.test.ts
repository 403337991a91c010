import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { testSuites } from '../src/node-versions/test-suites.ts';

const SUITES: Record<string, string> = {
  good: `test('adds', () => expect(1 + 1).toBe(2)); test.skip('later', () => {});`,
  bad: `test('is wrong', () => expect(1 + 1).toBe(3)); test('is right', () => {});`,
  broken: `throw new Error('not even loaded');`,
};

test('failed tests and files that do not load are found, by name, and skipped ones counted', async () => {
  await using dir = await tempDirectory();
  const suites = [];
  for (const [name, source] of Object.entries(SUITES)) {
    const directory = join(dir.path, name);
    await mkdir(directory);
    await writeFile(join(directory, 'a.test.mjs'), source);
    await writeFile(
      join(directory, 'vitest.config.mjs'),
      'export default { test: { globals: true, include: ["*.test.mjs"] } };',
    );
    suites.push({ name, directory });
  }
  const reports: string[] = [];
  const outcome = await testSuites(process.execPath, suites, (text) => reports.push(text));
  expect(outcome).toMatchObject({ tried: 3, unit: 'tests', seen: '3 suites, 1 skipped' });
  expect(outcome.violations).toEqual([
    'bad: is wrong',
    expect.stringMatching(/^broken: .*a\.test\.mjs: .*not even loaded/),
  ]);
  expect(reports).toHaveLength(3);
});
