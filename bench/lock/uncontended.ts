import { quantile } from '../quantile.ts';
import { row } from '../readme-table.ts';
import { LOCKS, take } from './locks.ts';

export interface UncontendedOptions {
  readonly rounds: number;
  /** How often a lock is taken and given back in a round. */
  readonly cycles: number;
  /** Makes a new file to lock. */
  readonly newFile: () => string;
}

/** Taking and giving back a lock that nobody else wants, in this process. */
export async function compareUncontended({
  rounds,
  cycles,
  newFile,
}: UncontendedOptions): Promise<string[]> {
  const path = newFile();
  const times = CASES.map((): number[] => []);
  // the first round warms up
  for (let round = 0; round <= rounds; round += 1) {
    for (const [at, { lock, shared }] of CASES.entries()) {
      globalThis.gc?.();
      const start = performance.now();
      for (let cycle = 0; cycle < cycles; cycle += 1) {
        const release = await take(lock, path, { shared });
        await release();
      }
      if (round > 0) times[at]?.push((performance.now() - start) / cycles);
    }
  }
  const medians = times.map((all) => quantile(all, 0.5));
  const theirs = medians.at(-1) ?? Number.NaN;
  return [
    row('lock', 'taken and given back, per second', 'once', 'best round', 'speed, ours to theirs'),
    '|---|---:|---:|---:|---:|',
    ...CASES.map(({ title, lock }, at) => {
      const median = medians[at] ?? Number.NaN;
      return row(
        title,
        (1000 / median).toFixed(0),
        `${median.toFixed(3)} ms`,
        `${Math.min(...(times[at] ?? [])).toFixed(3)} ms`,
        lock === 'ours' ? `${(theirs / median).toFixed(2)} ×` : '',
      );
    }),
  ];
}

const CASES = [
  { title: `${LOCKS.ours}, exclusive`, lock: 'ours', shared: false },
  { title: `${LOCKS.ours}, shared`, lock: 'ours', shared: true },
  { title: 'proper-lockfile', lock: 'plain', shared: false },
] as const;
