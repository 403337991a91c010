import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  IsoClock,
  localSeconds,
  offsetText,
  unixSeconds,
} from '../../src/telegram-desktop/time.ts';
import { TimeZone } from '../../src/telegram-desktop/time-zone.ts';

test('the clock writes what Date writes', () => {
  const clock = new IsoClock();
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 253_402_300_799 }), (seconds) => {
      expect(clock.format(seconds)).toBe(`${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`);
    }),
  );
});

test('local times are read as Date reads them', () => {
  fc.assert(
    fc.property(fc.integer({ min: -30_000_000_000, max: 253_402_300_799 }), (seconds) => {
      const text = new Date(seconds * 1000).toISOString().slice(0, 19);
      expect(localSeconds(text)).toBe(seconds);
      expect(localSeconds(text.replace('T', ' '))).toBe(seconds);
    }),
  );
});

test.each([
  '',
  '2023-02-29T00:00:00',
  '2023-13-01T00:00:00',
  '2023-04-31T00:00:00',
  '2023-01-01T24:00:00',
  '2023-01-01T00:60:00',
  '2023-01-01x00:00:00',
  '2023-1-01T000:00:00',
  '2023-01-01T00:00:0x',
  '2023-00-10T00:00:00',
  '1900-02-29T00:00:00',
])('%s is no local time', (text) => expect(localSeconds(text)).toBeNaN());

test('unix times are digits in a string, or a number', () => {
  expect(unixSeconds('1700000000')).toBe(1_700_000_000);
  expect(unixSeconds(1_700_000_000)).toBe(1_700_000_000);
  expect(unixSeconds('253402300799')).toBe(253_402_300_799);
  for (const value of [
    '',
    '1e9',
    ' 1',
    '-1',
    '0x1',
    '253402300800',
    -1,
    1.5,
    Infinity,
    null,
    [],
    true,
  ]) {
    expect(unixSeconds(value)).toBeNaN();
  }
});

test('offsets', () => {
  expect([0, 3600, -12_600, 50_400].map(offsetText)).toEqual([
    '+00:00',
    '+01:00',
    '-03:30',
    '+14:00',
  ]);
});

describe('a zone', () => {
  const utc = (zone: string, local: string) =>
    new IsoClock().format(new TimeZone(zone).toUnix(localSeconds(local)));

  test.each([
    ['Europe/Berlin', '2020-01-15T12:00:00', '2020-01-15T11:00:00Z'],
    ['Europe/Berlin', '2020-07-15T12:00:00', '2020-07-15T10:00:00Z'],
    ['Europe/Berlin', '2020-03-29T01:59:59', '2020-03-29T00:59:59Z'],
    ['Europe/Berlin', '2020-03-29T02:30:00', '2020-03-29T01:30:00Z'],
    ['Europe/Berlin', '2020-03-29T03:00:00', '2020-03-29T01:00:00Z'],
    ['Europe/Berlin', '2020-10-25T01:59:59', '2020-10-24T23:59:59Z'],
    ['Europe/Berlin', '2020-10-25T02:30:00', '2020-10-25T00:30:00Z'],
    ['Europe/Berlin', '2020-10-25T03:00:00', '2020-10-25T02:00:00Z'],
    ['Asia/Kolkata', '2020-01-01T00:00:00', '2019-12-31T18:30:00Z'],
    ['Australia/Lord_Howe', '2020-10-04T02:30:00', '2020-10-03T15:30:00Z'],
    ['Pacific/Apia', '2011-12-31T00:00:00', '2011-12-30T10:00:00Z'],
    ['UTC', '2020-01-01T00:00:00', '2020-01-01T00:00:00Z'],
  ])('%s: %s is %s', (zone, local, instant) => expect(utc(zone, local)).toBe(instant));

  test('reads back every time that it writes, but for the hour that comes twice', () => {
    const name = 'America/New_York';
    const zone = new TimeZone(name);
    const format = new Intl.DateTimeFormat('sv-SE', {
      timeZone: name,
      dateStyle: 'short',
      timeStyle: 'medium',
    });
    fc.assert(
      fc.property(fc.integer({ min: 1_200_000_000, max: 1_900_000_000 }), (seconds) => {
        const local = localSeconds(format.format(seconds * 1000).replace(' ', 'T'));
        expect([0, -3600]).toContain(zone.toUnix(local) - seconds);
      }),
    );
  });
});
