import { readReadme } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import * as api from '../src/index.ts';

const readme = await readReadme(import.meta.url);

test('the example of the README prints what the README says', async () => {
  const { printed, said } = await readme.runExample();
  expect(printed).toBe(said);
});

test('the README names everything that is exported, and each error code', async () => {
  for (const name of Object.keys(api)) expect(readme.text).toContain(name);
  const { thrown, explained } = await readme.errorCodes('BACKUP');
  expect(explained).toEqual(thrown);
});

test('the tests that the README names are there', async () => {
  await readme.assertTestsExist();
});
