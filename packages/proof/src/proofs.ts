import { crashStates } from './crash-states/proof.ts';
import { faults } from './faults/proof.ts';
import { kills } from './kills/proof.ts';
import { load } from './load/proof.ts';
import { model } from './model/proof.ts';
import { mutations } from './mutations/proof.ts';
import { nodeVersions } from './node-versions/proof.ts';
import { powerCuts } from './power-cuts/proof.ts';
import type { Proof } from './proof.ts';
import { secrets } from './secrets/proof.ts';
import { strange } from './strange/proof.ts';

/** All proofs, in the order in which `prove` runs them. */
export const proofs: readonly Proof[] = [
  crashStates,
  powerCuts,
  kills,
  faults,
  model,
  strange,
  mutations,
  load,
  secrets,
  nodeVersions,
];
