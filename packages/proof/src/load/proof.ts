import { type Proof, scaled } from '../proof.ts';
import { useSteadily } from './run.ts';

export const load: Proof = {
  name: 'load',
  title: 'many processes use one store for an hour: nothing grows, nothing is lost',
  checks: [
    {
      what: 'nine processes',
      unavailable: async () => (process.platform === 'linux' ? undefined : 'needs /proc'),
      run: async ({ seed, scale, report }) =>
        await useSteadily({ seed, durationMs: scaled(3_600_000, scale, 15_000), report }),
    },
  ],
};
