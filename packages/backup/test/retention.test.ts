import { describe, expect, test } from 'vitest';
import type { Backup } from '../src/index.ts';
import { decideRetention, type RetentionRules } from '../src/retention.ts';

const NOW = '2026-11-23T12:00:00Z';

test('without rules only the newest verified one stays', () => {
  expect(kept([auto('2026-11-23T01'), auto('2026-11-22T01'), auto('2026-11-21T01')], {})).toEqual([
    'newest verified',
    '',
    '',
  ]);
});

test('nothing comes of nothing', () => {
  expect(kept([], { keepLast: 3 })).toEqual([]);
});

describe('keepLast', () => {
  const backups = ['23T03', '23T02', '23T01', '22T01'].map((time) => auto(`2026-11-${time}`));

  test.each([
    [0, ['newest verified', '', '', '']],
    [1, ['newest verified, last', '', '', '']],
    [2, ['newest verified, last', 'last', '', '']],
    [4, ['newest verified, last', 'last', 'last', 'last']],
    [9, ['newest verified, last', 'last', 'last', 'last']],
  ])('%i keeps the newest so many, of one day or not', (keepLast, expected) => {
    expect(kept(backups, { keepLast })).toEqual(expected);
  });
});

describe('keepDaily', () => {
  const backups = [
    auto('2026-11-23T01:00:00Z'),
    auto('2026-11-23T00:00:00Z'),
    auto('2026-11-22T23:59:59Z'),
    auto('2026-11-22T00:00:00Z'),
    auto('2026-11-20T05:00:00Z'),
    auto('2026-10-31T05:00:00Z'),
  ];

  test('keeps the newest of each of the last days that have any, and days without do not count', () => {
    expect(kept(backups, { keepDaily: 3 })).toEqual([
      'newest verified, daily',
      '',
      'daily',
      '',
      'daily',
      '',
    ]);
  });

  test('keeps one of each day where there are fewer days than it says', () => {
    const all = kept(backups, { keepDaily: 99 });
    expect(all.map((reasons) => reasons.includes('daily'))).toEqual([
      true,
      false,
      true,
      false,
      true,
      true,
    ]);
  });
});

describe('keepWeekly', () => {
  test('a week is from Monday 00:00 to Sunday, of UTC', () => {
    // 2026-11-23 is a Monday
    const backups = [
      auto('2026-11-23T00:00:00Z'),
      auto('2026-11-22T23:59:59Z'),
      auto('2026-11-16T00:00:00Z'),
      auto('2026-11-15T23:59:59Z'),
    ];
    expect(kept(backups, { keepWeekly: 3 })).toEqual([
      'newest verified, weekly',
      'weekly',
      '',
      'weekly',
    ]);
  });

  test('a week over new year is one week', () => {
    // Thursday to Sunday of one week, then the Monday after and the Sunday before it
    const backups = [
      auto('2027-01-04T00:00:00Z'),
      auto('2027-01-03T23:00:00Z'),
      auto('2027-01-01T00:00:00Z'),
      auto('2026-12-31T23:59:59Z'),
      auto('2026-12-28T00:00:00Z'),
      auto('2026-12-27T23:59:59Z'),
    ];
    const now = '2027-01-04T12:00:00Z';
    expect(kept(backups, { keepWeekly: 9 }, now)).toEqual([
      'newest verified, weekly',
      'weekly',
      '',
      '',
      '',
      'weekly',
    ]);
  });

  test('so it is where new year is a Monday, and over the end of February', () => {
    const backups = [
      auto('2024-03-01T00:00:00Z'),
      auto('2024-02-29T00:00:00Z'),
      auto('2024-02-26T00:00:00Z'),
      auto('2024-02-25T00:00:00Z'),
      auto('2024-01-01T00:00:00Z'),
      auto('2023-12-31T23:59:59Z'),
    ];
    expect(kept(backups, { keepWeekly: 9 })).toEqual([
      'newest verified, weekly',
      '',
      '',
      'weekly',
      'weekly',
      'weekly',
    ]);
  });
});

test('keepMonthly keeps the newest of each of the last months that have any', () => {
  const backups = [
    auto('2026-11-01T00:00:00Z'),
    auto('2026-10-31T23:59:59Z'),
    auto('2026-10-01T00:00:00Z'),
    auto('2026-07-15T00:00:00Z'),
    auto('2025-11-30T00:00:00Z'),
    auto('2025-10-30T00:00:00Z'),
  ];
  expect(kept(backups, { keepMonthly: 4 })).toEqual([
    'newest verified, monthly',
    'monthly',
    '',
    'monthly',
    'monthly',
    '',
  ]);
});

test('a backup stays if one rule keeps it, and all that do are told', () => {
  const backups = [
    auto('2026-11-23T02:00:00Z'),
    auto('2026-11-23T01:00:00Z'),
    auto('2026-11-22T01:00:00Z'),
    auto('2026-11-15T01:00:00Z'),
    auto('2026-10-15T01:00:00Z'),
    auto('2026-09-15T01:00:00Z'),
  ];
  expect(kept(backups, { keepLast: 2, keepDaily: 2, keepWeekly: 3, keepMonthly: 2 })).toEqual([
    'newest verified, last, daily, weekly, monthly',
    'last',
    'daily, weekly',
    'weekly',
    'monthly',
    '',
  ]);
});

test('tagged and pre-restore backups stay, and take no place of the others', () => {
  const backups = [
    { ...auto('2026-11-23T04'), tag: 'pre-restore' },
    auto('2026-11-23T03'),
    { ...auto('2026-11-23T02'), tag: 'pre-update' },
    auto('2026-11-23T01'),
    auto('2026-11-22T01'),
  ];
  expect(kept(backups, { keepLast: 2, keepDaily: 1 })).toEqual([
    'tag pre-restore',
    'newest verified, last, daily',
    'tag pre-update',
    'last',
    '',
  ]);
});

test('a backup that was never verified stays, and is not the newest verified one', () => {
  const backups = [
    { ...auto('2026-11-23T03'), verifiedAt: undefined },
    auto('2026-11-23T02'),
    { ...auto('2026-11-23T01'), verifiedAt: undefined },
    auto('2026-11-22T01'),
  ];
  expect(kept(backups, { keepLast: 1 })).toEqual([
    'not verified',
    'newest verified, last',
    'not verified',
    '',
  ]);
});

test('a backup from the future stays, and is not the newest verified one', () => {
  const backups = [
    auto('2027-01-01T00'),
    { ...auto('2026-11-24T00'), tag: 'x' },
    auto('2026-11-23T12:00:00Z'),
    auto('2026-11-22T01'),
  ];
  expect(kept(backups, { keepLast: 1 })).toEqual([
    'from the future',
    'tag x, from the future',
    'newest verified, last',
    '',
  ]);
});

test('a minute is not the future: several backups in one second are ahead of it', () => {
  const backups = [auto('2026-11-23T12:01:00Z'), auto('2026-11-23T11:00:00Z')];
  expect(kept(backups, { keepLast: 1 })).toEqual(['newest verified, last', '']);
  const later = [auto('2026-11-23T12:01:01Z'), auto('2026-11-23T11:00:00Z')];
  expect(kept(later, { keepLast: 1 })).toEqual(['from the future', 'newest verified, last']);
});

test('an encrypted backup counts as any other', () => {
  const backups = [{ ...auto('2026-11-23T03'), encrypted: true }, auto('2026-11-23T01')];
  expect(kept(backups, { keepLast: 1 })).toEqual(['newest verified, last', '']);
});

test('two of one time are two backups, and the first in the list is the newest', () => {
  const backups = ['b', 'a'].map((id) => ({ ...auto('2026-11-23T01'), id }));
  expect(kept(backups, { keepLast: 1, keepDaily: 2 })).toEqual([
    'newest verified, last, daily',
    '',
  ]);
});

/** The reasons for each, in the order of the list; empty for what goes. */
function kept(backups: readonly Backup[], rules: RetentionRules, now = NOW): string[] {
  const decisions = decideRetention(backups, rules, Date.parse(now));
  expect(decisions.map(({ backup }) => backup)).toEqual(backups);
  for (const { keep, reasons } of decisions) expect(keep).toBe(reasons.length > 0);
  return decisions.map(({ reasons }) => reasons.join(', '));
}

/** An automatic backup that was verified; the end of its time may be left out. */
function auto(time: string): Backup {
  const createdAt = time.length > 13 ? time : `${time}:00:00Z`;
  return {
    id: createdAt.replaceAll(/[-:]/g, ''),
    path: `/backups/${createdAt}`,
    createdAt,
    tag: undefined,
    size: 7,
    counts: { files: 1, bytes: 7, messages: 0 },
    verifiedAt: createdAt,
    encrypted: false,
  };
}
