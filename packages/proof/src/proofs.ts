import { nodeVersions } from './node-versions/proof.ts';
import type { Proof } from './proof.ts';

/** All proofs, in the order in which `prove` runs them. */
export const proofs: readonly Proof[] = [nodeVersions];
