// Names of conversation files whose id is an integer of at most 15 digits, as nearly all are. One number stands for id and
// status: so a hundred thousand names are sorted without an object for each.

import type { ConversationStatus } from '@tgstore/schema';

export class IntegerNames {
  /** Twice the id, and one more where it is processed. */
  readonly #numbers: Float64Array;
  #count = 0;
  #sorted: Float64Array | undefined;

  /** For `capacity` names at most. */
  constructor(capacity: number) {
    this.#numbers = new Float64Array(capacity);
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** Takes a name, unless it is of another kind; none may follow once they were read. */
  add(name: string): boolean {
    const number = numberOf(name);
    if (number === undefined) return false;
    this.#numbers[this.#count] = number;
    this.#count += 1;
    return true;
  }

  /** Gives each id once, in order; as unprocessed where it stands under both names. */
  forEach(take: (id: string, status: ConversationStatus) => void): void {
    this.#sorted ??= this.#numbers.subarray(0, this.#count).sort();
    let last: number | undefined;
    this.#sorted.forEach((number) => {
      const id = Math.floor(number / 2);
      if (id !== last) take(String(id), number === id * 2 ? 'unprocessed' : 'processed');
      last = id;
    });
  }
}

function numberOf(name: string): number | undefined {
  if (!INTEGER_NAME.test(name)) return undefined;
  const isUnprocessed = name.endsWith(UNPROCESSED);
  const suffix = isUnprocessed ? UNPROCESSED : PROCESSED;
  const id = Number(name.slice(0, -suffix.length));
  return isUnprocessed ? id * 2 : id * 2 + 1;
}

/** Of ids that are exact in a double, and doubled too. */
const INTEGER_NAME = /^(?:0|-?[1-9]\d{0,14})_(?:un)?processed\.json$/;
const UNPROCESSED = '_unprocessed.json';
const PROCESSED = '_processed.json';
