/**
 * The acquisitions of one lock in this process, in order. They wait here for each other before they touch the disk, so that
 * a process stands in the queue on the disk with one exclusive ticket at most.
 */
export class MemoryQueue {
  readonly #entries: Entry[] = [];

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  /**
   * Resolves when no conflicting acquisition stands before this one, to the function that makes way for the next.
   * Where it would have to wait, it rejects with the reason of an aborted `signal`.
   */
  async enter(shared: boolean, signal: AbortSignal): Promise<() => void> {
    const isFree = this.#entries.every((earlier) => earlier.shared && shared);
    if (!isFree) signal.throwIfAborted();
    const entry: Entry = { shared, goOn: () => {} };
    this.#entries.push(entry);
    const leave = (): void => this.#leave(entry);
    if (isFree) return leave;
    let giveUp = (): void => {};
    try {
      await new Promise<void>((resolve, reject) => {
        entry.goOn = resolve;
        giveUp = () => reject(signal.reason);
        signal.addEventListener('abort', giveUp, { once: true });
      });
      return leave;
    } catch (error) {
      leave();
      throw error;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  #leave(entry: Entry): void {
    const at = this.#entries.indexOf(entry);
    if (at < 0) return;
    this.#entries.splice(at, 1);
    for (const [index, later] of this.#entries.entries()) {
      // the first, and with a shared one all shared ones up to the next exclusive one
      if (index > 0 && !(later.shared && this.#entries[0]?.shared)) break;
      later.goOn();
    }
  }
}

interface Entry {
  readonly shared: boolean;
  goOn: () => void;
}
