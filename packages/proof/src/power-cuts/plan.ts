import type { Random } from '@tgstore/testkit';
import type { Stop } from './protocol.ts';

/** When the power goes. */
export interface Plan {
  /** How many processes change the store. */
  readonly processes: 1 | 2;
  /** Where the first of them stops and waits for the cut, if it does. */
  readonly stop: Stop | undefined;
  /** Else how long after the first step began, in milliseconds. */
  readonly afterMs: number;
}

// What comes before each of these is in a state of its own: written and not synced, synced and not named, …
const CALLS = [
  'handle.sync',
  'handle.sync',
  'handle.close',
  'handle.write',
  'handle.truncate',
  'rename',
  'unlink',
  'link',
  'open',
] as const;

/**
 * Half of all cuts come at any instant; the others right before a call or right after an acknowledgement, as those are too short to
 * be hit often by chance. Whatever other lanes have given the kernel to do goes on meanwhile.
 */
export function drawPlan(random: Random): Plan {
  const processes = random.chance(0.25) ? 2 : 1;
  const afterMs = random.next() * 300;
  const kind = random.next();
  const before = random.pick(CALLS);
  const nth = random.int(1, before === 'handle.truncate' || before === 'link' ? 4 : 40);
  const steps = random.int(1, 12);
  if (kind < 0.5) return { processes, stop: undefined, afterMs };
  return { processes, stop: kind < 0.8 ? { before, nth } : { steps }, afterMs };
}

export function describePlan({ processes, stop, afterMs }: Plan): string {
  const by = processes === 1 ? 'one process' : 'two processes';
  if (!stop) return `${by}, after ${afterMs.toFixed(1)} ms`;
  if ('steps' in stop) return `${by}, after ${stop.steps} steps`;
  return `${by}, before ${stop.before} number ${stop.nth}`;
}
