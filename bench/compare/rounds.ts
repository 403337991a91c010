import { quantile } from '../quantile.ts';
import type { Contender } from './contender.ts';
import type { Sample } from './measured-process.ts';

/** What all rounds of one contender gave. */
export interface Result {
  readonly title: string;
  /** The median of the rounds; `NaN` where there are none. */
  readonly seconds: number;
  readonly fastest: number;
  readonly slowest: number;
  readonly peakBytes: number | undefined;
  readonly writtenBytes: number | undefined;
  /** Why there are no figures. */
  readonly missing: string | undefined;
}

/** Measures all in each round, beginning with another one each time. One that fails is not tried again. */
export async function inRounds(
  contenders: readonly Contender[],
  rounds: number,
): Promise<Result[]> {
  const samples = contenders.map((): Sample[] => []);
  const missing = contenders.map(({ absent }) => absent);
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < contenders.length; turn += 1) {
      const index = (round + turn) % contenders.length;
      const contender = contenders[index];
      if (!contender || missing[index]) continue;
      console.error(`  round ${round + 1} of ${rounds}: ${contender.title}`);
      try {
        samples[index]?.push(await contender.measure());
      } catch (error) {
        console.error((error as Error).cause ?? error);
        missing[index] = `fails: ${(error as Error).message}`;
      }
    }
  }
  return contenders.map(({ title }, index) =>
    summarize(title, samples[index] ?? [], missing[index]),
  );
}

function summarize(title: string, samples: readonly Sample[], missing: string | undefined): Result {
  const seconds = samples.map((sample) => sample.seconds);
  return {
    title,
    seconds: quantile(seconds, 0.5),
    fastest: quantile(seconds, 0),
    slowest: quantile(seconds, 1),
    peakBytes: medianOf(samples.map(({ peakBytes }) => peakBytes)),
    writtenBytes: medianOf(samples.map(({ writtenBytes }) => writtenBytes)),
    missing,
  };
}

function medianOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length > 0 ? quantile(known, 0.5) : undefined;
}
