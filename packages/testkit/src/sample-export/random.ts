/** A stream of repeatable random numbers; see {@link createRandom}. */
export interface Random {
  /** The next number, from 0 up to but without 1. */
  next(): number;
  /** The next whole number from `min` to `max`, both included. */
  int(min: number, max: number): number;
  /**
   * One item of a list.
   *
   * @throws TypeError when the list is empty.
   */
  pick<T>(list: readonly T[]): T;
  /** True with the given probability: never for 0, always for 1. */
  chance(probability: number): boolean;
}

/** Starts a stream of random numbers (sfc32) that is the same for the same seed on every machine. Not for secrets. */
export function createRandom(seed: number): Random {
  let a = 0x9e3779b9;
  let b = 0x243f6a88 ^ (seed >>> 0);
  // fractions and seeds beyond 32 bits count too
  let c = 0xb7e15162 ^ Math.trunc(seed / 2 ** 32);
  let counter = 1 ^ Math.trunc((seed % 1) * 2 ** 32);

  const next32 = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return sum >>> 0;
  };
  // neighbouring seeds give similar numbers until the state is mixed
  for (let round = 0; round < 15; round++) next32();

  const next = (): number => next32() / 2 ** 32;
  return {
    next,
    int: (min, max) => min + Math.floor(next() * (max - min + 1)),
    pick: (list) => {
      if (list.length === 0) throw new TypeError('Cannot pick from an empty list.');
      return list[Math.floor(next() * list.length)] as (typeof list)[number];
    },
    chance: (probability) => next() < probability,
  };
}
