import type { Ending } from './lane-record.ts';

/** What many cuts showed. */
export interface CutCounts {
  cuts: number;
  /** Steps that were acknowledged before the cut. */
  acknowledged: number;
  /** Cuts at which at least one step had begun and was not acknowledged. */
  intoStep: number;
  /** Appends that recovery took back. */
  rolledBack: number;
  /** Backups that were acknowledged, and read whole after the cut. */
  backups: number;
  /** How steps in flight came out. */
  readonly endings: Record<Ending, number>;
  readonly violations: string[];
}

export function emptyCounts(): CutCounts {
  return {
    ...{ cuts: 0, acknowledged: 0, intoStep: 0, rolledBack: 0, backups: 0 },
    endings: { old: 0, new: 0, between: 0, same: 0 },
    violations: [],
  };
}

/** What shows that the cuts bite. */
export function describeCounts(counts: CutCounts): string {
  const { acknowledged, intoStep, rolledBack, backups, endings } = counts;
  return [
    `${acknowledged.toLocaleString('en')} steps acknowledged`,
    `${intoStep} cuts into a step`,
    `of steps in flight ${endings.old} came out old, ${endings.new} new, ${endings.between} in between, ${endings.same} had nothing to change`,
    `${rolledBack} appends taken back`,
    `${backups} backups verified`,
  ].join('; ');
}
