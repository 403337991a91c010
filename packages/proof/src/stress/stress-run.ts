import type { Plant } from '../plant.ts';

/** What every run of the stress is told. */
export interface StressRun {
  readonly seed: number;
  readonly plants?: readonly Plant[] | undefined;
  readonly report?: ((progress: string) => void) | undefined;
}

/** The first violations, and where they were seen: one that is found brings others with it. */
export function tellFirst(violations: readonly string[], where: string): string[] {
  return violations.slice(0, MAX_TOLD).map((what) => `${what} (${where})`);
}

const MAX_TOLD = 20;
