import type { Random } from '@tgstore/testkit';
import { hasCode } from '../../src/errors.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import type { Temper } from './temper.ts';
import type { Locker, Wish } from './ticket-protocol.ts';

/** A lock that is taken, held for a while and given back. */
export interface Round extends Wish {
  /** For how many steps it is held. */
  readonly holds: number;
}

/** What is counted while rounds are run. */
export interface Counts {
  grants: number;
  gaveUp: number;
  readonly faults: number;
}

/** What the tasks of a process do at the same time, each one round after the other. */
export function drawTasks(random: Random, { longHolds, shared }: Temper): Round[][] {
  const drawRound = (): Round => ({
    key: random.pick(KEYS),
    shared: random.chance(shared),
    timeoutMs: random.pick([Infinity, Infinity, Infinity, DEADLINE_MS, DEADLINE_MS, 0]),
    holds: random.int(1, longHolds ? 20 : 3),
  });
  return Array.from({ length: random.chance(0.3) ? 2 : 1 }, () =>
    Array.from({ length: random.int(1, 3) }, drawRound),
  );
}

export async function runTasks(
  process: SimulatedProcess,
  locker: Locker,
  tasks: readonly (readonly Round[])[],
  counts: Counts,
): Promise<void> {
  const runTask = async (rounds: readonly Round[]): Promise<void> => {
    for (const round of rounds) {
      try {
        await runRound(process, locker, round, counts);
      } catch (error) {
        const isFault = counts.faults > 0 && hasCode(error, 'EIO');
        if (hasCode(error, 'LOCK_TIMEOUT') && round.timeoutMs < Infinity) counts.gaveUp += 1;
        else if (!isFault) process.complain(`could not take or give back a lock: ${error}`);
      }
    }
  };
  await process.ask({ name: 'start' });
  await Promise.all(tasks.map(runTask));
}

async function runRound(
  process: SimulatedProcess,
  locker: Locker,
  round: Round,
  counts: Counts,
): Promise<void> {
  const { key, shared, holds } = round;
  const held = await locker.acquire(round);
  counts.grants += 1;
  for (let left = holds; left > 0; left -= 1) {
    await process.ask({ name: 'hold', key, shared, ticket: held.ticket });
  }
  if (!held.isInPlace()) process.complain('lost what it held');
  await held.release();
}

export const KEYS = ['a', 'b'] as const;
export const DEADLINE_MS = 60_000;
export const PLAIN_ROUND = { shared: false, timeoutMs: Infinity, holds: 1 };
