/** Gives what was found its neighbours: goes along a sequence, remembers what is behind and waits for what comes. */
export class ContextWindow<T, Hit> {
  readonly #size: number;
  readonly #behind: (() => T)[] = [];
  readonly #waiting: InContext<T, Hit>[] = [];

  /** @param size how many neighbours on each side */
  constructor(size: number) {
    this.#size = size;
  }

  /** Goes on to an item, read only where it is needed, with what was found in it; gives what has all its neighbours now. */
  *push(read: () => T, hit: Hit | undefined): Generator<InContext<T, Hit>> {
    if (this.#waiting.length > 0) yield* this.#addBehind(read());
    if (hit !== undefined) {
      this.#waiting.push({
        hit,
        before: this.#behind.map((readBefore) => readBefore()),
        after: [],
      });
      if (this.#size === 0) yield* this.end();
    }
    if (this.#size === 0) return;
    this.#behind.push(read);
    if (this.#behind.length > this.#size) this.#behind.shift();
  }

  /** Nothing more comes: gives what still waits. */
  end(): InContext<T, Hit>[] {
    return this.#waiting.splice(0);
  }

  #addBehind(item: T): InContext<T, Hit>[] {
    for (const { after } of this.#waiting) after.push(item);
    const incomplete = this.#waiting.findIndex(({ after }) => after.length < this.#size);
    return this.#waiting.splice(0, incomplete < 0 ? this.#waiting.length : incomplete);
  }
}

export interface InContext<T, Hit> {
  readonly hit: Hit;
  readonly before: T[];
  readonly after: T[];
}
