import type { Random } from '@tgstore/testkit';

/** Whether all combinations are taken. */
export function isFew(arities: Arities): boolean {
  return arities.reduce((product, arity) => product * arity, 1) <= ALL_UP_TO;
}

/** Up to so many combinations at one cut are all taken. */
const ALL_UP_TO = 2 ** 7;

/** How many ways each pending operation can end: 0 is that it is missing, 1 that it is whole. */
export type Arities = readonly number[];

export interface Sampling {
  readonly random: Random;
  /** How many more combinations are taken at random where there are too many. */
  readonly samples: number;
}

/**
 * What may become of pending operations together: every combination, or, where there are too many, none, all, every prefix, all
 * but one, only one, one kind without the other, and a sample.
 *
 * @param isName which of them change names, not data
 */
export function* combinations(
  arities: Arities,
  isName: readonly boolean[],
  { random, samples }: Sampling,
): Generator<readonly number[]> {
  if (isFew(arities)) {
    yield* product(arities);
    return;
  }
  for (let length = 0; length <= arities.length; length++) {
    yield arities.map((arity, index) => (index < length ? last(arity, isName[index]) : 0));
  }
  for (const [one, arity] of arities.entries()) {
    for (let option = 0; option < arity; option++) {
      yield arities.map((other, index) => (index === one ? option : last(other, isName[index])));
      yield arities.map((_, index) => (index === one ? option : 0));
    }
  }
  for (const wanted of [true, false]) {
    yield arities.map((arity, index) => (isName[index] === wanted ? last(arity, wanted) : 0));
  }
  for (let sample = 0; sample < samples; sample++) {
    yield arities.map((arity) => random.int(0, arity - 1));
  }
}

/** A journal that is there to its end has the highest option; data that is whole has option 1. */
function last(arity: number, isName: boolean | undefined): number {
  return isName ? arity - 1 : 1;
}

function* product([first, ...others]: Arities): Generator<number[]> {
  if (first === undefined) {
    yield [];
    return;
  }
  for (let option = 0; option < first; option++) {
    for (const rest of product(others)) yield [option, ...rest];
  }
}
