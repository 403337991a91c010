import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as api from '../src/index.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

test('the example of the README prints what the README says', () => {
  const [, code = ''] = /```ts\n(.*?)```/s.exec(readme) ?? [];
  const [, output] = /```text\n(.*?)```/s.exec(readme) ?? [];
  const printed: string[] = [];
  const body = code.replace(/^import (\{.*\}) from '@tgstore\/schema';/, 'const $1 = api;');
  const run = new Function('api', 'console', body);
  run(api, { log: (line: string) => printed.push(line) });
  expect(`${printed.join('\n')}`).toBe(output);
});

test('the error that the README quotes is the one that is thrown', () => {
  const [, json = ''] = /`deserializeConversation\('(.*?)'\)`/.exec(readme) ?? [];
  const [, message = ''] = /`SchemaError` that says `(.*?)`/.exec(readme) ?? [];
  expect(() => api.deserializeConversation(json)).toThrow(message);
});

test('the README names everything that is exported, types too, and every code', () => {
  const source = (name: string) =>
    readFileSync(new URL(`../src/${name}.ts`, import.meta.url), 'utf8');
  const names = [...source('index').matchAll(/\w+(?=[,\s]+(?:\}|\w+,?\s))/g)].map(([name]) => name);
  const codes = source('errors').match(/SCHEMA_\w+/g) ?? [];
  for (const name of [...Object.keys(api), ...names, ...codes]) {
    if (!['export', 'type', 'from'].includes(name)) expect(readme).toContain(name);
  }
  expect(readme.split('\n').length).toBeLessThanOrEqual(151);
});
