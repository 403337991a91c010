import { runRandomSchedule, type ScheduleOptions, type ScheduleResult } from './random-schedule.ts';

type Totals = Omit<ScheduleResult, 'violation' | 'trace'>;

/** What became of many random schedules. */
export interface Schedules {
  readonly count: number;
  readonly totals: Totals;
  /** The first thing that must not be, with the seed and the last steps that led to it. */
  readonly violation: string | undefined;
}

/** Runs random schedules with seeds from `seed` on, until something is wrong. */
export async function runSchedules(count: number, options: ScheduleOptions): Promise<Schedules> {
  const totals = { steps: 0, grants: 0, crashes: 0, stalls: 0, faults: 0, gaveUp: 0 };
  for (let index = 0; index < count; index += 1) {
    const seed = options.seed + index;
    const result = await runRandomSchedule({ ...options, seed });
    for (const name of Object.keys(totals) as (keyof Totals)[]) totals[name] += result[name];
    if (result.violation === undefined) continue;
    const { trace } = await runRandomSchedule({ ...options, seed, trace: true });
    const violation = `${result.violation}\n${trace.slice(-LAST_STEPS).join('\n')}`;
    return { count: index + 1, totals, violation };
  }
  return { count, totals, violation: undefined };
}

const LAST_STEPS = 60;
