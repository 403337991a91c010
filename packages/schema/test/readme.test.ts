import { readReadme } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { deserializeConversation } from '../src/index.ts';

const readme = await readReadme(import.meta.url);

test('the examples of the README print what the README says', async () => {
  const { printed, said } = await readme.runExamples();
  expect(printed).toEqual(said);
});

test('the README has every name, option, default, unit and error code, and nothing else', async () => {
  expect(await readme.findProblems()).toEqual([]);
});

test('the error that the README quotes is the one that is thrown', () => {
  const [, json = ''] = /`deserializeConversation\('(.*?)'\)`/.exec(readme.text) ?? [];
  const [, message = ''] = /`SchemaError` that says `(.*?)`/.exec(readme.text) ?? [];
  expect(message).not.toBe('');
  expect(() => deserializeConversation(json)).toThrow(message);
});
