import type { Call, Outcome } from './call.ts';
import type { SimulatedTimers, TimerOwner } from './simulated-timers.ts';

/** A call that was made and has no outcome yet. */
export interface Pending {
  readonly call: Call;
  readonly settle: (outcome: Outcome) => void;
}

/** A file of whose changes a process wants to hear. */
interface Watching {
  readonly number: number;
  readonly path: string;
  readonly onChange: () => void;
}

/** A process that runs real code; whatever it asks of its surroundings waits until the schedule lets it happen. */
export class SimulatedProcess implements TimerOwner {
  readonly pid: number;
  readonly #timers: SimulatedTimers;
  /** What it asked for, the oldest first. */
  pending: Pending[] = [];
  /** What went wrong inside of it. */
  complaint: string | undefined;
  isDone = false;
  isCrashed = false;
  /** What it watches. */
  watches: readonly Watching[] = [];
  /** How many it drew. */
  nonces = 0;
  readonly #listings = new Set<number>();
  #watchCount = 0;

  constructor(pid: number, timers: SimulatedTimers) {
    this.pid = pid;
    this.#timers = timers;
  }

  /** Starts what it does in its life. */
  async begin(life: (process: SimulatedProcess) => Promise<void>): Promise<void> {
    const run = async (): Promise<void> => {
      try {
        await life(this);
      } catch (error) {
        this.complain(`threw ${error}`);
      }
      this.isDone = true;
    };
    await this.#timers.run(this, () => void run());
  }

  async ask<T>(call: Call): Promise<T> {
    return await new Promise<T>((resolve, reject) => {
      // who crashed never goes on
      if (this.isCrashed) return;
      this.pending.push({
        call,
        settle: (outcome) => {
          if ('code' in outcome) reject(failure(outcome.code, call));
          else resolve(outcome.value as T);
        },
      });
    });
  }

  /** Lets a call have its outcome, and the process run up to where it waits again. */
  async settle(pending: Pending, outcome: Outcome): Promise<void> {
    this.#drop(pending);
    await this.#timers.run(this, () => pending.settle(outcome));
  }

  crash(): void {
    this.isCrashed = true;
    this.pending = [];
    this.watches = [];
  }

  complain(what: string): void {
    this.complaint ??= `process ${this.pid} ${what}`;
  }

  /** Reads a directory in two steps, between which names come and go. */
  async listSlowly(path: string): Promise<string[]> {
    let listing = 1;
    while (this.#listings.has(listing)) listing += 1;
    this.#listings.add(listing);
    try {
      await this.ask({ name: 'openListing', path, listing });
      return await this.ask({ name: 'readListing', path, listing });
    } finally {
      this.#listings.delete(listing);
    }
  }

  /** Sixteen hex digits that no other process draws. */
  nonce(): string {
    this.nonces += 1;
    return `${hex(this.pid)}${hex(this.nonces)}`;
  }

  setTimer(ms: number, fire: () => void): object {
    const timer = { call: { name: 'timer', ms } as const, settle: fire, unref: () => timer };
    if (!this.isCrashed) this.pending.push(timer);
    return timer;
  }

  clearTimer(timer: object): void {
    this.#drop(timer);
  }

  watch(path: string, onChange: () => void): () => void {
    this.#watchCount += 1;
    const watching = { number: this.#watchCount, path, onChange };
    this.watches = [...this.watches, watching];
    return () => {
      this.watches = this.watches.filter((other) => other !== watching);
    };
  }

  /** The system tells of a change of a file that it watches. */
  notice(path: string): void {
    if (!this.watches.some((watching) => watching.path === path)) return;
    const settle = (): void => {
      for (const watching of this.watches) if (watching.path === path) watching.onChange();
    };
    this.pending.push({ call: { name: 'notice', path }, settle });
  }

  #drop(pending: object): void {
    this.pending = this.pending.filter((other) => other !== pending);
  }
}

function failure(code: string, call: Call): Error {
  const path = 'path' in call ? call.path : '';
  return Object.assign(new Error(`${code}: ${call.name} ${path}`), { code });
}

function hex(number: number): string {
  return number.toString(16).padStart(8, '0');
}
