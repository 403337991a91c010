/** 0 is none, 4 is most. */
export type HeatLevel = 0 | 1 | 2 | 3 | 4;

/** The greatest counts of levels 1, 2 and 3; what is above is level 4. */
export type HeatScale = readonly [number, number, number];

/**
 * Quartiles of the counts that are not zero, so that one loud day does not make all others pale, and equal counts have equal levels.
 */
export function heatScale(counts: readonly number[]): HeatScale {
  const sorted = counts.filter((count) => count > 0).sort((a, b) => a - b);
  const quantile = (part: number) => sorted[Math.ceil(sorted.length * part) - 1] ?? 0;
  return [quantile(0.25), quantile(0.5), quantile(0.75)];
}

export function heatLevel(count: number, scale: HeatScale): HeatLevel {
  if (count <= 0) return 0;
  return (1 + scale.filter((bound) => bound < count).length) as HeatLevel;
}

export interface HeatRange {
  readonly level: HeatLevel;
  readonly from: number;
  readonly to: number;
}

/** What the levels stand for, without levels that no count can have. */
export function heatRanges(scale: HeatScale, most: number): HeatRange[] {
  const bounds = [0, ...scale, most];
  return ([1, 2, 3, 4] as const)
    .map((level) => ({ level, from: (bounds[level - 1] ?? 0) + 1, to: bounds[level] ?? 0 }))
    .filter(({ from, to }) => from <= to);
}
