/** Who is to be told of timers that the code under test sets and clears. */
export interface TimerOwner {
  setTimer(ms: number, fire: () => void): object;
  clearTimer(timer: object): void;
}

/**
 * Stands in for `setTimeout` and `clearTimeout` until it is disposed: a timer becomes a call of the process that runs, and
 * fires when the schedule says so, early or late. So the real waiting code runs, and no real time passes.
 */
export class SimulatedTimers implements Disposable {
  readonly #setTimeout = globalThis.setTimeout;
  readonly #clearTimeout = globalThis.clearTimeout;
  readonly #setImmediate = globalThis.setImmediate;
  readonly #owners = new WeakMap<object, TimerOwner>();
  readonly #stackTraceLimit = Error.stackTraceLimit;
  #running: TimerOwner | undefined;

  constructor() {
    // errors of the simulated disk are many, and as a rule nobody looks where they came from
    Error.stackTraceLimit = 0;
    const set = (fire: () => void, ms = 0): object => {
      if (!this.#running) return this.#setTimeout(fire, ms);
      const timer = this.#running.setTimer(ms, fire);
      this.#owners.set(timer, this.#running);
      return timer;
    };
    const clear = (timer: object | undefined): void => {
      const owner = timer && this.#owners.get(timer);
      if (owner) owner.clearTimer(timer);
      else this.#clearTimeout(timer as NodeJS.Timeout | undefined);
    };
    globalThis.setTimeout = set as typeof setTimeout;
    globalThis.clearTimeout = clear as typeof clearTimeout;
  }

  /** Runs `work` and all that follows from it, up to where everything waits. */
  async run(owner: TimerOwner, work: () => void): Promise<void> {
    this.#running = owner;
    work();
    // immediates run when no microtask is left, however many there were: 1 µs
    await new Promise<void>((resolve) => {
      this.#setImmediate(resolve);
    });
    this.#running = undefined;
  }

  [Symbol.dispose](): void {
    globalThis.setTimeout = this.#setTimeout;
    globalThis.clearTimeout = this.#clearTimeout;
    Error.stackTraceLimit = this.#stackTraceLimit;
  }
}
