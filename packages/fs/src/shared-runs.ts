// 1. Whoever joins gets a run that begins after it asked, so what it did before is covered.
// 2. No two runs of one key overlap: all who come while one runs share the next.
// 3. A run that fails fails those too who waited for its end: after a failed sync the system may have dropped what they did, and
//    call the next one a success.

/** Runs of a call, as the sync of a directory, that all share who wait for the same. */
export class SharedRuns {
  readonly #running = new Map<string, Promise<void>>();
  readonly #waiting = new Map<string, Promise<void>>();

  /** Resolves after a run that began after this was called. */
  async join(key: string, run: () => Promise<void>): Promise<void> {
    const waiting = this.#waiting.get(key) ?? this.#runNext(key, run);
    this.#waiting.set(key, waiting);
    await waiting;
  }

  async #runNext(key: string, run: () => Promise<void>): Promise<void> {
    try {
      await this.#running.get(key);
    } finally {
      // nobody may join any more
      this.#waiting.delete(key);
    }
    const running = run();
    this.#running.set(key, running);
    try {
      await running;
    } finally {
      this.#running.delete(key);
    }
  }
}
