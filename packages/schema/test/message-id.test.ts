import { expect, test } from 'vitest';
import { compareMessageIds, isIntegerId } from '../src/index.ts';
import { fc } from './support/fast-check.ts';

const integer = fc
  .oneof(
    fc.integer({ min: -12, max: 12 }),
    fc.bigInt(),
    fc.integer({ min: -3, max: 3 }).map((n) => 2n ** 53n + BigInt(n)),
    fc.integer({ min: -3, max: 3 }).map((n) => -(2n ** 53n) + BigInt(n)),
  )
  .map(String);
const other = fc
  .oneof(
    fc.constantFrom(
      '',
      '-',
      '-0',
      '007',
      '1e3',
      '1.5',
      '+1',
      ' 1',
      '１',
      'a',
      'ab',
      '\ud83d\ude00',
    ),
    fc.string({
      unit: fc.constantFrom('a', 'b', '1', '\uffff', '\ue000', '\ud800\udc00', '😀', 'é'),
    }),
    fc.string({ unit: 'binary' }),
  )
  .filter((id) => !isIntegerId(id));
const loneSurrogates = fc.string({
  unit: fc.constantFrom('\ud83d', '\ude00', '\ue000', 'a', '\uffff'),
});
const id = fc.oneof(integer, other, loneSurrogates);

test('ids sort as integers by value, before all others by code point', () => {
  const sorted = [
    '-9007199254740993',
    '-9007199254740992',
    '-10',
    '-9',
    '-1',
    '0',
    '2',
    '10',
    '9007199254740991',
    '9007199254740992',
    '9007199254740993',
    '100000000000000000000',
    '',
    '-0',
    '007',
    '1e3',
    'a',
    'aa',
    'b',
    'é',
    '\uffff',
    '😀',
  ];
  expect([...sorted].reverse().sort(compareMessageIds)).toEqual(sorted);
});

test('the order is total: antisymmetric, transitive, and zero only for the same id', () => {
  fc.assert(
    fc.property(id, id, id, (a, b, c) => {
      const ab = Math.sign(compareMessageIds(a, b));
      expect(ab + Math.sign(compareMessageIds(b, a))).toBe(0);
      expect(ab === 0).toBe(a === b);
      const [x, y, z] = [a, b, c].sort(compareMessageIds) as [string, string, string];
      expect(compareMessageIds(x, y)).toBeLessThanOrEqual(0);
      expect(compareMessageIds(y, z)).toBeLessThanOrEqual(0);
      expect(compareMessageIds(x, z)).toBeLessThanOrEqual(0);
    }),
    { numRuns: 5_000 },
  );
});

test('integers compare as BigInt does', () => {
  fc.assert(
    fc.property(integer, integer, (a, b) => {
      const expected = BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0;
      expect(Math.sign(compareMessageIds(a, b))).toBe(expected);
    }),
    { numRuns: 5_000 },
  );
});

test('an integer comes before any other id', () => {
  fc.assert(
    fc.property(integer, other, (a, b) => {
      expect(compareMessageIds(a, b)).toBeLessThan(0);
      expect(compareMessageIds(b, a)).toBeGreaterThan(0);
    }),
  );
});

test('other ids compare as their UTF-8 bytes', () => {
  fc.assert(
    fc.property(other, other, (a, b) => {
      const expected = Buffer.compare(Buffer.from(a), Buffer.from(b));
      expect(Math.sign(compareMessageIds(a, b))).toBe(expected);
    }),
    { numRuns: 5_000 },
  );
});

test('an integer id is an integer as JSON writes it', () => {
  const integers = ['0', '7', '-7', '10', '-10', '9007199254740993', '9'.repeat(100)];
  const others = [
    '',
    '-',
    '-0',
    '00',
    '007',
    '-07',
    '1.0',
    '1e3',
    '+1',
    ' 1',
    '1 ',
    '1\n',
    '１',
    'x',
  ];
  expect(integers.filter(isIntegerId)).toEqual(integers);
  expect(others.filter(isIntegerId)).toEqual([]);
});
