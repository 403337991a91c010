import { readReadme } from '@tgstore/testkit';
import { expect, test } from 'vitest';

const readme = await readReadme(import.meta.url);

test('the examples of the README print what the README says', async () => {
  const { printed, said } = await readme.runExamples();
  expect(printed).toEqual(said);
});

test('the README has every name, option, default, unit and error code, and nothing else', async () => {
  expect(await readme.findProblems()).toEqual([]);
});
