import { Buffer } from 'node:buffer';
import { createRandom } from '@tgstore/testkit';
import type { MutatedFile } from './kind.ts';
import { type Material, mutate } from './mutate.ts';

/** One mutated file, told by numbers. */
export interface Case {
  readonly number: number;
  readonly origin: number;
  /** One for each mutation, in their order. */
  readonly mutations: readonly number[];
  readonly seed: number;
}

/** The case of this number; the same in every process. */
export function makeCase(seed: number, number: number, { corpus }: Material): Case {
  // as many bits as a double has beyond those of the number
  const random = createRandom((seed % 2 ** 20) * 2 ** 32 + number);
  const count = random.pick([1, 1, 1, 2, 2, 3, 4]);
  const mutations = Array.from({ length: count }, () => random.int(0, 2 ** 32 - 1));
  return {
    number,
    origin: random.int(0, corpus.length - 1),
    mutations,
    seed: random.int(0, 2 ** 31),
  };
}

export function fileOf(
  { origin, mutations, seed }: Case,
  material: Material,
  isDear: boolean,
): MutatedFile {
  let bytes = material.corpus[origin] ?? Buffer.alloc(0);
  for (const mutation of mutations) bytes = mutate(bytes, mutation, material);
  return { bytes, origin, seed, isDear };
}

/** The case with as few mutations as `fails` allows. */
export async function shrink(
  found: Case,
  fails: (smaller: Case) => Promise<boolean>,
): Promise<Case> {
  for (const left of found.mutations.keys()) {
    const mutations = found.mutations.filter((_, index) => index !== left);
    const smaller = { ...found, mutations };
    if (mutations.length > 0 && (await fails(smaller))) return await shrink(smaller, fails);
  }
  return found;
}
