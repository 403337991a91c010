import type { Backup } from './backup-directory.ts';

/** How many automatic backups stay; a backup stays if one of the rules keeps it. Days, weeks and months are those of UTC. */
export interface RetentionRules {
  /** The newest so many. */
  readonly keepLast?: number | undefined;
  /** The newest of each of the last so many days that have any. */
  readonly keepDaily?: number | undefined;
  /** The newest of each of the last so many weeks (from Monday) that have any. */
  readonly keepWeekly?: number | undefined;
  /** The newest of each of the last so many months that have any. */
  readonly keepMonthly?: number | undefined;
}

/** What becomes of one backup, and why. */
export interface RetentionDecision {
  /** Which it is about. */
  readonly backup: Backup;
  /** Whether it stays. */
  readonly keep: boolean;
  /** The rules that keep it, in words; empty where it goes. */
  readonly reasons: readonly string[];
}

/**
 * Which backups go: automatic ones that were verified and that no rule keeps. Tagged ones, ones that were never verified, ones
 * from the future and the newest verified one always stay.
 *
 * @param backups newest first
 * @param now milliseconds since 1970
 */
export function decideRetention(
  backups: readonly Backup[],
  rules: RetentionRules,
  now: number,
): RetentionDecision[] {
  const counted = backups.filter((backup) => isCounted(backup, now));
  const [newest] = counted;
  const kept = new Map<Backup, string[]>();
  for (const { name, count, bucket } of classes(rules)) {
    for (const backup of newestOfEach(counted, bucket).slice(0, count)) {
      kept.set(backup, [...(kept.get(backup) ?? []), name]);
    }
  }
  return backups.map((backup) => {
    const reasons = [...exemptions(backup, newest, now), ...(kept.get(backup) ?? [])];
    return { backup, keep: reasons.length > 0, reasons };
  });
}

function isCounted({ tag, verifiedAt, createdAt }: Backup, now: number): boolean {
  return tag === undefined && verifiedAt !== undefined && !isFromTheFuture(createdAt, now);
}

function exemptions(backup: Backup, newest: Backup | undefined, now: number): string[] {
  const { tag, verifiedAt, createdAt } = backup;
  const reasons: string[] = [];
  if (tag !== undefined) reasons.push(`tag ${tag}`);
  if (verifiedAt === undefined) reasons.push('not verified');
  if (isFromTheFuture(createdAt, now)) reasons.push('from the future');
  if (backup === newest) reasons.push('newest verified');
  return reasons;
}

/** By more than what several backups in one second can be ahead. */
function isFromTheFuture(createdAt: string, now: number): boolean {
  return Date.parse(createdAt) > now + 60_000;
}

interface AgeClass {
  readonly name: string;
  readonly count: number;
  /** The same text for all backups of which one is kept. */
  readonly bucket: (backup: Backup) => string;
}

function classes({
  keepLast = 0,
  keepDaily = 0,
  keepWeekly = 0,
  keepMonthly = 0,
}: RetentionRules): AgeClass[] {
  return [
    { name: 'last', count: keepLast, bucket: ({ id }) => id },
    { name: 'daily', count: keepDaily, bucket: ({ createdAt }) => createdAt.slice(0, 10) },
    { name: 'weekly', count: keepWeekly, bucket: ({ createdAt }) => mondayOf(createdAt) },
    { name: 'monthly', count: keepMonthly, bucket: ({ createdAt }) => createdAt.slice(0, 7) },
  ];
}

/** @param backups newest first */
function newestOfEach(backups: readonly Backup[], bucket: (backup: Backup) => string): Backup[] {
  const seen = new Set<string>();
  return backups.filter((backup) => {
    const key = bucket(backup);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function mondayOf(createdAt: string): string {
  const date = new Date(createdAt);
  const sinceMonday = (date.getUTCDay() + 6) % 7;
  date.setUTCDate(date.getUTCDate() - sinceMonday);
  return date.toISOString().slice(0, 10);
}
