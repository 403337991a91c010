import { quantile } from '../quantile.ts';
import { row } from '../readme-table.ts';
import type { Crew } from './crew.ts';
import { LOCKS, lockNames, take } from './locks.ts';

export interface WaitingOptions {
  readonly rounds: number;
  readonly seconds: number;
  /** Makes a new file to lock. */
  readonly newFile: () => string;
}

/** What it costs to wait: each lock has a process that waits for this one, all at the same time. */
export async function compareWaiting(
  crew: Crew,
  { rounds, seconds, newFile }: WaitingOptions,
): Promise<string[]> {
  const percents = lockNames.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    const paths = lockNames.map(() => newFile());
    const releases = await Promise.all(lockNames.map((lock, at) => take(lock, paths[at] ?? '')));
    const orders = lockNames.map(
      (lock, at) => ({ task: 'wait', lock, path: paths[at] ?? '', seconds }) as const,
    );
    const reports = await crew.gather(orders, 'waited');
    for (const [at, { cpuPercent }] of reports.entries()) percents[at]?.push(cpuPercent);
    for (const release of releases) await release();
  }
  return [
    row('lock', 'processor time, median', 'greatest'),
    '|---|---:|---:|',
    ...lockNames.map((lock, at) =>
      row(LOCKS[lock], ...[0.5, 1].map((part) => percent(quantile(percents[at] ?? [], part)))),
    ),
  ];
}

function percent(value: number): string {
  return `${value.toFixed(2)} % of a core`;
}
