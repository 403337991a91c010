import { expect, test } from 'vitest';
import { createRandom } from '../src/index.ts';
import { fileTime, localTime } from '../src/sample-export/local-time.ts';

test.each([
  [1711846799, '2024-03-31T01:59:59'],
  [1711846800, '2024-03-31T03:00:00'],
  [1729990799, '2024-10-27T02:59:59'],
  [1729990800, '2024-10-27T02:00:00'],
  [1735686000, '2025-01-01T00:00:00'],
])('the clocks of Berlin at %i', (unix, expected) => {
  expect(localTime(unix)).toBe(expected);
});

test('the rules agree with the zone database', () => {
  const random = createRandom(1);
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: 'Europe/Berlin',
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  for (let count = 0; count < 2000; count++) {
    const unix = random.int(1_500_000_000, 1_800_000_000);
    expect(localTime(unix)).toBe(format.format(unix * 1000).replace(' ', 'T'));
  }
});

test('file names have the day first', () => {
  expect(fileTime(1711846800)).toBe('31-03-2024_03-00-00');
});
