import type { Random } from '@tgstore/testkit';
import type { RenameFault } from './simulated-machine.ts';

/** How wild a schedule is; each is drawn anew, so that all kinds come up. */
export interface Temper {
  /** How likely a process goes on, once it runs. */
  readonly stay: number;
  readonly crash: number;
  readonly stall: number;
  readonly deadline: number;
  readonly shared: number;
  readonly longHolds: boolean;
  readonly fault: number;
  readonly faults: readonly RenameFault[];
}

export function drawTemper(random: Random): Temper {
  return {
    stay: random.pick([0, 0.3, 0.7, 0.9, 0.97]),
    crash: random.pick([0, 0.002, 0.01, 0.03]),
    stall: random.pick([0, 0.005, 0.02]),
    deadline: random.pick([0.005, 0.05]),
    shared: random.pick([0, 0.3, 0.7]),
    longHolds: random.chance(0.3),
    fault: random.pick([0, 0, 0.03, 0.15]),
    faults: random.pick([
      ['done but ENOENT'],
      ['done but EIO', 'failed with EIO'],
      ['done but ENOENT', 'done but EIO', 'failed with EIO'],
    ]),
  };
}
