import { quantile } from '../quantile.ts';
import { row } from '../readme-table.ts';
import type { Crew } from './crew.ts';
import { LOCKS, type LockName, lockNames } from './locks.ts';
import type { Competition } from './order.ts';

export interface CompetitionOptions {
  readonly processes: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly seed: number;
  /** Makes a new file to lock. */
  readonly newFile: () => string;
}

/** Several processes read and write under one lock. */
export async function compareCompetition(
  crew: Crew,
  { processes, rounds, seconds, seed, newFile }: CompetitionOptions,
): Promise<string[]> {
  const results = new Map(lockNames.map((lock): [LockName, Competition[][]] => [lock, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [lock, all] of results) {
      const path = newFile();
      const orders = Array.from({ length: processes }, (_, member) => {
        return { task: 'compete', lock, path, seconds, seed: seed + member } as const;
      });
      all.push(await crew.gather(orders, 'competed'));
    }
  }
  const ours = perSecond(results.get('ours') ?? [], seconds);
  return [
    row(
      'lock',
      'operations per second',
      'longest wait, median of rounds',
      'of all',
      'of one process, fewest – most',
      'ours to theirs',
    ),
    '|---|---:|---:|---:|---:|---:|',
    ...[...results].map(([lock, all]) => {
      const theirs = perSecond(all, seconds);
      const waits = all.map((round) => Math.max(...round.map((one) => one.longestWaitMs)));
      const shares = all.flatMap((round) => round.map((one) => one.operations / seconds));
      return row(
        LOCKS[lock],
        theirs.toFixed(0),
        ...[0.5, 1].map((part) => `${quantile(waits, part).toFixed(0)} ms`),
        `${Math.min(...shares).toFixed(0)} – ${Math.max(...shares).toFixed(0)}`,
        lock === 'ours' ? '' : `${(ours / theirs).toFixed(2)} ×`,
      );
    }),
  ];
}

function perSecond(rounds: readonly Competition[][], seconds: number): number {
  const sums = rounds.map((round) => round.reduce((sum, one) => sum + one.operations, 0));
  return quantile(sums, 0.5) / seconds;
}
