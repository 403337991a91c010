import { describe, expect, it } from 'vitest';
import { calendarStrips } from '../../src/page/pictures/calendar.ts';
import { growthByDay, growthByMonth } from '../../src/page/pictures/growth.ts';
import { heatLevel, heatRanges, heatScale } from '../../src/page/pictures/heat.ts';
import { summaryOf } from '../../src/page/pictures/summary.ts';

describe('heat levels', () => {
  it('are quartiles of the counts that are not zero', () => {
    const counts = [0, 0, 1, 2, 3, 4, 5, 6, 7, 800];
    const scale = heatScale(counts);
    expect(counts.map((count) => heatLevel(count, scale))).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
    expect(heatRanges(scale, 800)).toEqual([
      { level: 1, from: 1, to: 2 },
      { level: 2, from: 3, to: 4 },
      { level: 3, from: 5, to: 6 },
      { level: 4, from: 7, to: 800 },
    ]);
  });

  it('are the same for equal counts, and the legend names none that is not there', () => {
    const scale = heatScale([1, 1, 1, 1, 9]);
    expect([1, 9].map((count) => heatLevel(count, scale))).toEqual([1, 4]);
    expect(heatRanges(scale, 9)).toEqual([
      { level: 1, from: 1, to: 1 },
      { level: 4, from: 2, to: 9 },
    ]);
  });

  it('of nothing are none', () => {
    expect(heatLevel(0, heatScale([]))).toBe(0);
    expect(heatRanges(heatScale([]), 0)).toEqual([]);
  });
});

describe('calendar', () => {
  it('has a strip for each year with messages, the latest first, with weeks from Monday', () => {
    const strips = calendarStrips(
      [
        ['2021-12-31', 1],
        ['2024-01-01', 5],
        ['2024-12-31', 7],
      ],
      'year',
    );
    expect(strips.map(({ year, total }) => [year, total])).toEqual([
      [2024, 12],
      [2021, 1],
    ]);
    const [leap] = strips;
    expect(leap?.days).toHaveLength(366);
    // a Monday, and a Tuesday in the 53rd week
    expect(leap?.days[0]).toEqual({ day: '2024-01-01', count: 5, week: 0, weekday: 0 });
    expect(leap?.days.at(-1)).toEqual({ day: '2024-12-31', count: 7, week: 52, weekday: 1 });
    expect(leap?.weeks).toBe(53);
    expect(leap?.months).toHaveLength(12);
    expect(leap?.months[1]).toEqual({ month: 1, week: 4 });
  });

  it('begins the first week in its middle where the year does', () => {
    // a Saturday
    const [strip] = calendarStrips([['2022-01-03', 1]], 'year');
    expect(strip?.days.slice(0, 3).map(({ week, weekday }) => [week, weekday])).toEqual([
      [0, 5],
      [0, 6],
      [1, 0],
    ]);
  });

  it('has halves where there is little room', () => {
    const strips = calendarStrips(
      [
        ['2023-03-01', 2],
        ['2023-09-01', 3],
      ],
      'half',
    );
    expect(
      strips.map(({ year, total, days, months }) => [year, total, days.length, months[0]]),
    ).toEqual([
      [2023, 3, 184, { month: 6, week: 0 }],
      [2023, 2, 181, { month: 0, week: 0 }],
    ]);
    expect(strips.every(({ weeks }) => weeks <= 27)).toBe(true);
  });
});

describe('growth', () => {
  const days = [
    ['2024-01-01', 2],
    ['2024-01-31', 3],
    ['2024-03-01', 5],
  ] as const;

  it('is the running sum', () => {
    expect(growthByDay(days).map(({ total }) => total)).toEqual([2, 5, 10]);
  });

  it('is told at the end of each month', () => {
    expect(growthByMonth(days)).toEqual([
      { time: '2024-01', total: 5 },
      { time: '2024-03', total: 10 },
    ]);
  });
});

describe('summary', () => {
  const none = { senders: [], otherSenders: { senders: 0, messages: 0 } };

  it('tells the busiest day and hour', () => {
    const weekHours = Array.from({ length: 7 }, () => Array.from({ length: 24 }, () => 0));
    weekHours[0]?.splice(9, 1, 3);
    weekHours[6]?.splice(9, 1, 3);
    weekHours[2]?.splice(22, 1, 5);
    const days = [
      ['2024-01-01', 4],
      ['2024-01-02', 7],
    ] as const;
    expect(summaryOf({ messages: 11, days, weekHours, ...none })).toEqual({
      messages: 11,
      activeDays: 2,
      firstDay: '2024-01-01',
      lastDay: '2024-01-02',
      busiestDay: { day: '2024-01-02', count: 7 },
      busiestHour: { hour: 9, count: 6 },
    });
  });

  it('of nothing has no busiest day', () => {
    const summary = summaryOf({ messages: 0, days: [], weekHours: [], ...none });
    expect(summary).toMatchObject({ activeDays: 0, busiestDay: undefined, busiestHour: undefined });
  });
});
