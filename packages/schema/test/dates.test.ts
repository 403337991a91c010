import { expect, test } from 'vitest';
import { fromUnixSeconds, messageSchema, normalizeDate } from '../src/index.ts';
import { fc } from './support/fast-check.ts';

test.each([
  ['2023-11-15T12:30:00Z', '2023-11-15T12:30:00Z'],
  ['2023-11-15T12:30:00.123456Z', '2023-11-15T12:30:00.123456Z'],
  ['2023-11-15T12:30:00', '2023-11-15T12:30:00Z'],
  ['2023-11-15T12:30', '2023-11-15T12:30:00Z'],
  ['2023-11-15T12:30Z', '2023-11-15T12:30:00Z'],
  ['2023-11-15 12:30:00', '2023-11-15T12:30:00Z'],
  ['2023-11-15 12:30:00 Z', '2023-11-15T12:30:00Z'],
  ['2023-11-15t12:30:00z', '2023-11-15T12:30:00Z'],
  ['2023-11-15T12:30:00+00:00', '2023-11-15T12:30:00Z'],
  ['2023-11-15T12:30:00+02:00', '2023-11-15T10:30:00Z'],
  ['2023-11-15T12:30:00.987654+0530', '2023-11-15T07:00:00.987654Z'],
  ['2023-11-15 23:30:00-08', '2023-11-16T07:30:00Z'],
  ['2024-02-29T23:30:00-01:00', '2024-03-01T00:30:00Z'],
  ['2024-02-28 24:00:00', '2024-02-29T00:00:00Z'],
  [1_700_051_400, '2023-11-15T12:30:00Z'],
  [1_700_051_400.25, '2023-11-15T12:30:00.250Z'],
  [0, '1970-01-01T00:00:00Z'],
  [-1, '1969-12-31T23:59:59Z'],
])('%s becomes %s', (value, expected) => {
  expect(normalizeDate(value)).toBe(expected);
  expect(messageSchema.safeParse({ id: 1, date: expected }).success).toBe(true);
});

test.each([
  'yesterday',
  '',
  '2023-11-15',
  '12:30:00',
  '15.11.2023 12:30:00',
  '2023-02-30 12:30:00',
  '2023-02-29T12:30:00+01:00',
  '2023-13-01T00:00:00+00:00',
  '2023-00-01 00:00',
  '2023-11-31 00:00',
  '2023-11-15 25:00:00',
  '2023-11-15 12:60',
  '2023-11-15T12:30:00+99:00',
  '2023-11-15 12:30.5',
  '0000-01-01T00:00:00+05:00',
  '9999-12-31T23:59:59-05:00',
  1_700_051_400_000,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  null,
  undefined,
  true,
  17n,
])('%s is no date and comes back as it was, for validation to refuse', (value) => {
  expect(normalizeDate(value)).toBe(value);
  const isAbsent = value === null || value === undefined;
  expect(messageSchema.safeParse({ id: 1, date: value }).success).toBe(isAbsent);
});

test('a normalized date is the same instant, valid, and stays as it is', () => {
  const two = (max: number) => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, '0'));
  const day = fc
    .date({ min: new Date('0001-01-02'), max: new Date('9999-12-30'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10));
  const zone = fc.tuple(fc.constantFrom('+', '-'), two(14), two(59));
  fc.assert(
    fc.property(day, two(23), two(59), two(59), zone, (date, h, m, s, [sign, zh, zm]) => {
      const text = `${date}T${h}:${m}:${s}${sign}${zh}:${zm}`;
      const normal = normalizeDate(text);
      expect(Date.parse(normal as string)).toBe(Date.parse(text));
      expect(normalizeDate(normal)).toBe(normal);
      expect(messageSchema.safeParse({ id: 1, date: normal }).success).toBe(true);
    }),
  );
});

test('unix seconds become a date to the millisecond, and back', () => {
  const milliseconds = fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_000 });
  fc.assert(
    fc.property(milliseconds, (ms) => {
      const text = fromUnixSeconds(ms / 1000);
      expect(Date.parse(text as string)).toBe(ms);
      expect(text).toMatch(ms % 1000 === 0 ? /:\d\dZ$/ : /:\d\d\.\d{3}Z$/);
    }),
  );
});

test('unix seconds outside the years 0 to 9999 are no date', () => {
  expect(fromUnixSeconds(253_402_300_799)).toBe('9999-12-31T23:59:59Z');
  expect(fromUnixSeconds(253_402_300_800)).toBeUndefined();
  expect(fromUnixSeconds(-62_167_219_200)).toBe('0000-01-01T00:00:00Z');
  expect(fromUnixSeconds(-62_167_219_201)).toBeUndefined();
  expect(fromUnixSeconds(1e300)).toBeUndefined();
  expect(fromUnixSeconds(Number.NaN)).toBeUndefined();
});
