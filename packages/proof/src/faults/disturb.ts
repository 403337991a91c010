import { createRandom, type Random } from '@tgstore/testkit';
import { type Outcome, scaled } from '../proof.ts';
import { memoryDisk } from './disks.ts';
import type { Outcome as Disturbance, Disturbed } from './disturbances.ts';
import { runLanes } from './lanes.ts';
import { operations } from './operations.ts';
import { isFound, type SweepOptions } from './system-calls.ts';
import { WorkerProcess } from './worker-process.ts';

/** How a disturbance is tried on an operation, from 0 or 1 upwards. */
export interface Sweep {
  readonly kind: Disturbed['kind'];
  readonly ways: readonly string[];
  /** Options of a disk in memory that it needs. */
  readonly disk?: string | undefined;
  /** The first of its numbers. */
  readonly from: number;
  /** How many there may be at most. */
  readonly most: number;
  /** Whether nothing greater can be met. */
  readonly isLast: (outcome: Disturbance) => boolean;
}

/** Tries every number until nothing is met any more; of a scale below 1 some that are drawn. */
export async function disturb(sweep: Sweep, options: SweepOptions): Promise<Outcome> {
  const chosen = operations.filter(({ name }) => options.only?.includes(name) ?? true);
  // of a small scale one way of each operation
  const random = createRandom(options.seed);
  const waysOf = (): readonly string[] =>
    options.scale < 0.1 ? [random.pick(sweep.ways)] : sweep.ways;
  const all = chosen.flatMap(({ name }) => waysOf().map((way) => ({ operation: name, way })));
  const sum = { tried: 0, met: 0, failed: 0 };
  const violations: string[] = [];
  await using first = await WorkerProcess.start(options);
  await using second = await WorkerProcess.start(options);
  const workers = [first, second];
  await runLanes(all, async ({ operation, way }, index) => {
    const worker = workers.pop() as WorkerProcess;
    const random = createRandom(options.seed + index);
    for (const at of numbersOf(sweep, options.scale, random)) {
      if (isFound(violations, options)) break;
      // another each time: what is removed and still open, as sockets are for a second, keeps a disk from turning read-only
      await using disk = sweep.disk ? await memoryDisk(sweep.disk) : undefined;
      sum.tried += 1;
      options.report(`${operation} ${way}, ${sum.tried} tried, ${violations.length} violations`);
      const request = {
        do: 'disturbed',
        kind: sweep.kind,
        operation,
        way,
        at,
        root: disk?.path,
      } as const;
      const where = `${operation}, ${sweep.kind} ${way} at ${at}`;
      try {
        const outcome = await worker.ask<Disturbance>(request);
        for (const one of outcome.violations) violations.push(`${where}: ${one}`);
        if (outcome.met) sum.met += 1;
        if (!outcome.hasSucceeded) sum.failed += 1;
        if (options.scale >= 1 && sweep.isLast(outcome)) break;
      } catch (error) {
        violations.push(`${where}: ${(error as Error).message}`);
      }
    }
    workers.push(worker);
  });
  const seen = `${sum.met} were met, ${sum.failed} made the operation fail`;
  return { tried: sum.tried, unit: 'cases', violations, seen };
}

/** All; of a scale below 1 some, small ones rather than great ones, since operations differ in how many calls they make. */
function numbersOf({ from, most }: Sweep, scale: number, random: Random): number[] {
  if (scale >= 1) return Array.from({ length: most }, (_, index) => from + index);
  const draw = (): number => from - 1 + Math.floor(most ** (random.next() * 0.8));
  return Array.from({ length: scaled(most, scale) }, draw);
}
