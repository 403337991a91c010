import type { Watch } from './file-system.ts';
import type { TicketQueue } from './ticket-queue.ts';

/**
 * Resolves once a ticket is spent; spends it where its owner is proved dead. The system tells of changes at once; where it
 * does not (network, too many watches), a look now and then does. Where it must wait, `onWait` is called after each look,
 * and it rejects with the reason of an aborted `signal`.
 */
export async function untilSpent(
  queue: TicketQueue,
  id: string,
  signal: AbortSignal,
  onWait: () => Promise<void>,
): Promise<void> {
  if (await queue.isSpent(id)) return;
  using change = new Change(queue, id, signal);
  const isAbandoned = queue.abandonmentOf(id);
  while (!(await queue.isSpent(id))) {
    if (await isAbandoned()) {
      await queue.spend(id);
      continue;
    }
    signal.throwIfAborted();
    await onWait();
    await change.next();
  }
}

/** Tells of changes to a ticket: as a rule at once, and at the latest after a while. */
class Change implements Disposable {
  readonly #signal: AbortSignal;
  readonly #watch: Watch | undefined;
  #happened = false;
  #wake = (): void => {};

  constructor(queue: TicketQueue, id: string, signal: AbortSignal) {
    this.#signal = signal;
    this.#watch = queue.watch(id, () => {
      this.#happened = true;
      this.#wake();
    });
  }

  /**
   * Resolves at the next change since the last call, or when the signal is aborted, or after a while: half to one and a half times
   * {@link WATCHED_MS}, or {@link UNWATCHED_MS} where the system does not tell of changes.
   */
  async next(): Promise<void> {
    if (!this.#happened && !this.#signal.aborted) await this.#sleep();
    this.#happened = false;
  }

  [Symbol.dispose](): void {
    this.#watch?.close();
  }

  async #sleep(): Promise<void> {
    const signal = this.#signal;
    await new Promise<void>((resolve) => {
      // it also keeps the program running, which the watch does not
      const pauseMs = this.#watch ? WATCHED_MS : UNWATCHED_MS;
      const timer = setTimeout(resolve, pauseMs * (0.5 + Math.random()));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      signal.addEventListener('abort', this.#wake, { once: true });
    });
    signal.removeEventListener('abort', this.#wake);
  }
}

/** Long enough to cost nothing, short enough for the death of a process: nobody tells of that. */
const WATCHED_MS = 200;
const UNWATCHED_MS = 50;
