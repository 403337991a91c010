import { expect, test } from 'vitest';
import { apply } from '../src/plant.ts';

const plant = { file: 'a.ts', replace: 'await sync();', by: '' };

test('a planted bug takes the place of its text', () => {
  expect(apply('before();\nawait sync();\n', plant)).toBe('before();\n\n');
});

test('a text that is not there, or several times, can be no planted bug', () => {
  expect(() => apply('before();', plant)).toThrow('a.ts has 0 times');
  expect(() => apply('await sync(); await sync();', plant)).toThrow('a.ts has 2 times');
});
