import { expect, test } from 'vitest';
import { readArguments, usageOf } from '../src/prove-arguments.ts';

const known = ['kills', 'load'];
const read = (...args: string[]) => readArguments(args, known);

test('without arguments all is run at full scale', () => {
  expect(read()).toMatchObject({ names: [], of: '', scale: 1, write: false, help: false });
});

test('what is asked for is read', () => {
  const wanted = { names: ['load'], of: 'xfs', scale: 0.01, seed: 7, write: true };
  expect(read('load', '--of', 'xfs', '--scale', '0.01', '--seed', '7', '--write')).toMatchObject(
    wanted,
  );
  expect(read('-h').help).toBe(true);
});

test.each([
  ['a proof that there is not', ['cuts'], /no proof 'cuts'/],
  ['an option that there is not', ['--sacle', '2'], /sacle/],
  ['an option without its value', ['--seed'], /seed/],
  ['a scale of nothing', ['--scale', '0'], /'0' is no scale/],
  ['a seed that is no integer', ['--seed', '1.5'], /'1.5' is no seed/],
])('%s is refused', (_, args, what) => {
  expect(() => read(...args)).toThrow(what);
});

test('the usage names every proof', () => {
  for (const name of known) expect(usageOf(known)).toContain(name);
});
