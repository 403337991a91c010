import { expect, test } from 'vitest';
import { createRandom } from '../src/index.ts';

const take = (seed: number) => {
  const random = createRandom(seed);
  return Array.from({ length: 20 }, () => random.next());
};

test('the same seed gives the same numbers', () => {
  expect(take(7)).toEqual(take(7));
});

test.each([
  [1, 2],
  [0, 2 ** 32],
  [0.25, 0.75],
  [-1, 1],
])('seeds %d and %d give other numbers', (one, other) => {
  expect(take(one)).not.toEqual(take(other));
});

test('the numbers of a seed never change, so that old failures can be repeated', () => {
  expect(take(1).slice(0, 3)).toEqual([0.4698997756931931, 0.979176796041429, 0.8065665331669152]);
});

test('next lies from 0 up to 1 and is spread evenly', () => {
  const random = createRandom(3);
  const numbers = Array.from({ length: 20_000 }, () => random.next());
  expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
  expect(numbers.reduce((sum, number) => sum + number) / numbers.length).toBeCloseTo(0.5, 1);
});

test('int gives both ends and nothing beyond', () => {
  const random = createRandom(4);
  const seen = new Set(Array.from({ length: 500 }, () => random.int(-1, 2)));
  expect([...seen].sort((a, b) => a - b)).toEqual([-1, 0, 1, 2]);
});

test('pick gives every item of a list, and refuses an empty one', () => {
  const random = createRandom(5);
  const seen = new Set(Array.from({ length: 500 }, () => random.pick(['a', 'b', 'c'])));
  expect([...seen].sort()).toEqual(['a', 'b', 'c']);
  expect(() => random.pick([])).toThrow(TypeError);
});

test('chance is never for 0, always for 1, and sometimes between', () => {
  const random = createRandom(6);
  const rate = (probability: number) =>
    Array.from({ length: 2000 }, () => random.chance(probability)).filter(Boolean).length / 2000;
  expect(rate(0)).toBe(0);
  expect(rate(1)).toBe(1);
  expect(rate(0.25)).toBeCloseTo(0.25, 1);
});
