import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Backup } from '../src/index.ts';
import { decideRetention, type RetentionRules } from '../src/retention.ts';

// fast-check prints seed and counterexample when it fails

const NOW = Date.parse('2026-11-23T12:00:00Z');
const DAY = 24 * 60 * 60 * 1000;

const backups = fc
  .array(
    fc.record({
      // some at the same time, some in the future, over two years
      time: fc
        .integer({ min: -800, max: 5 })
        .chain((days) =>
          fc.integer({ min: 0, max: 3 }).map((quarter) => NOW + days * DAY + (quarter * DAY) / 4),
        ),
      tag: fc.option(fc.constantFrom('pre-restore', 'x'), { nil: undefined, freq: 5 }),
      isVerified: fc.boolean(),
    }),
    { maxLength: 40 },
  )
  .map((all) => all.sort((a, b) => b.time - a.time).map(toBackup));

const count = fc.option(fc.nat({ max: 15 }), { nil: undefined });
const rules = fc.record({
  keepLast: count,
  keepDaily: count,
  keepWeekly: count,
  keepMonthly: count,
});

test('the newest verified automatic backup stays, whatever the rules', () => {
  fc.assert(
    fc.property(backups, rules, (all, given) => {
      const newest = all.find((backup) => isCounted(backup));
      if (newest) expect(keptOf(all, given)).toContain(newest);
    }),
    { numRuns: 1_000 },
  );
});

test('only what is automatic, verified and past can go', () => {
  fc.assert(
    fc.property(backups, rules, (all, given) => {
      const kept = new Set(keptOf(all, given));
      for (const backup of all) if (!kept.has(backup)) expect(isCounted(backup)).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

test('one more of any rule never keeps less', () => {
  const name = fc.constantFrom('keepLast', 'keepDaily', 'keepWeekly', 'keepMonthly' as const);
  fc.assert(
    fc.property(backups, rules, name, (all, given, more) => {
      const kept = keptOf(all, {
        ...given,
        [more]: (given[more as keyof RetentionRules] ?? 0) + 1,
      });
      for (const backup of keptOf(all, given)) expect(kept).toContain(backup);
    }),
    { numRuns: 1_000 },
  );
});

test('to decide twice is to decide once: what stayed stays', () => {
  fc.assert(
    fc.property(backups, rules, (all, given) => {
      const kept = keptOf(all, given);
      expect(keptOf(kept, given)).toEqual(kept);
    }),
    { numRuns: 1_000 },
  );
});

test('each rule keeps as many as it says, where there are as many days, weeks and months', () => {
  fc.assert(
    fc.property(backups, rules, (all, given) => {
      const decisions = decideRetention(all, given, NOW);
      const counted = all.filter(isCounted);
      const days = new Set(counted.map(({ createdAt }) => createdAt.slice(0, 10))).size;
      const months = new Set(counted.map(({ createdAt }) => createdAt.slice(0, 7))).size;
      // whole weeks since a Monday
      const monday = Date.parse('2020-01-06T00:00:00Z');
      const weekOf = ({ createdAt }: Backup) =>
        Math.floor((Date.parse(createdAt) - monday) / (7 * DAY));
      const weeks = new Set(counted.map(weekOf)).size;
      const keptBy = (rule: string) =>
        decisions.filter(({ reasons }) => reasons.includes(rule)).length;
      expect(keptBy('last')).toBe(Math.min(given.keepLast ?? 0, counted.length));
      expect(keptBy('daily')).toBe(Math.min(given.keepDaily ?? 0, days));
      expect(keptBy('weekly')).toBe(Math.min(given.keepWeekly ?? 0, weeks));
      expect(keptBy('monthly')).toBe(Math.min(given.keepMonthly ?? 0, months));
    }),
    { numRuns: 1_000 },
  );
});

function keptOf(all: readonly Backup[], given: RetentionRules): Backup[] {
  return decideRetention(all, given, NOW)
    .filter(({ keep }) => keep)
    .map(({ backup }) => backup);
}

function isCounted({ tag, verifiedAt, createdAt }: Backup): boolean {
  const isPast = Date.parse(createdAt) <= NOW + 60_000;
  return tag === undefined && verifiedAt !== undefined && isPast;
}

interface Made {
  readonly time: number;
  readonly tag: string | undefined;
  readonly isVerified: boolean;
}

function toBackup({ time, tag, isVerified }: Made, index: number): Backup {
  const createdAt = `${new Date(time).toISOString().slice(0, 19)}Z`;
  return {
    id: `${createdAt} ${index}`,
    path: `/backups/${index}`,
    createdAt,
    tag,
    size: 7,
    counts: undefined,
    verifiedAt: isVerified ? createdAt : undefined,
    encrypted: false,
  };
}
