import { type Proof, scaled } from '../proof.ts';
import { killAgainAndAgain } from './run.ts';

export const kills: Proof = {
  name: 'kills',
  title: 'processes killed at random instants while others use the same store',
  checks: [
    {
      what: 'SIGKILL',
      run: async ({ seed, scale, report }) =>
        await killAgainAndAgain({ seed, kills: scaled(2000, scale, 20), report }),
    },
  ],
};
