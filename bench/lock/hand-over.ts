import { setTimeout as delay } from 'node:timers/promises';
import { quantile } from '../quantile.ts';
import { row } from '../readme-table.ts';
import { sharedNow } from './clock.ts';
import type { Crew } from './crew.ts';
import { LOCKS, type LockName, lockNames } from './locks.ts';

export interface HandOverOptions {
  /** How many wait while one holds. */
  readonly waiters: readonly number[];
  readonly rounds: number;
  /** A round ends after so many. */
  readonly handOvers: number;
  /** Makes a new file to lock. */
  readonly newFile: () => string;
}

/** From right before the holder gives a lock back to when the next process has it. */
export async function compareHandOvers(crew: Crew, options: HandOverOptions): Promise<string[]> {
  const lines = [
    row('waiting', 'lock', 'handed over', 'median', 'p99', 'longest', 'median, theirs to ours'),
    '|---:|---|---:|---:|---:|---:|---:|',
  ];
  for (const waiters of options.waiters) {
    const gaps = new Map(lockNames.map((lock): [LockName, number[]] => [lock, []]));
    for (let round = 0; round < options.rounds; round += 1) {
      for (const [lock, all] of gaps) {
        all.push(...(await new Round(crew, lock, waiters, options).run()));
      }
    }
    const ours = quantile(gaps.get('ours') ?? [], 0.5);
    for (const [lock, all] of gaps) {
      const [median, ...others] = [0.5, 0.99, 1].map((part) => quantile(all, part)) as [number];
      const ratio = lock === 'ours' ? '' : `${(median / ours).toFixed(1)} ×`;
      lines.push(
        row(waiters, LOCKS[lock], all.length, ...[median, ...others].map(milliseconds), ratio),
      );
    }
  }
  return lines;
}

/** One file is handed from process to process; who has given it back asks again as soon as the next one has it. */
class Round {
  readonly #crew: Crew;
  readonly #lock: LockName;
  readonly #waiters: number;
  readonly #handOvers: number;
  readonly #path: string;
  readonly #taken: number[] = [];
  readonly #given: number[] = [];
  #holder = 0;
  /** Those that hold or wait. */
  #busy = 0;
  #isOver = false;

  constructor(crew: Crew, lock: LockName, waiters: number, options: HandOverOptions) {
    this.#crew = crew;
    this.#lock = lock;
    this.#waiters = waiters;
    this.#handOvers = options.handOvers;
    this.#path = options.newFile();
  }

  async run(): Promise<number[]> {
    const end = sharedNow() + MAX_ROUND_MS;
    this.#listen();
    // the others need time to get in line
    this.#ask(0, SETTLE_MS + 10 * this.#waiters);
    while (this.#taken.length <= this.#handOvers && sharedNow() < end) await delay(5);
    const gaps = this.#gaps();
    await this.#stop();
    return gaps;
  }

  #listen(): void {
    this.#crew.onReport = (report, member) => {
      if (!('path' in report) || report.path !== this.#path) return;
      if (report.kind === 'given') {
        this.#busy -= 1;
        if (report.at !== undefined) this.#given.push(report.at);
        return;
      }
      const isFirst = this.#taken.push(report.at) === 1;
      const former = this.#holder;
      this.#holder = member;
      if (this.#isOver) return;
      if (!isFirst) this.#ask(former, HOLD_MS);
      else for (let other = 1; other <= this.#waiters; other += 1) this.#ask(other, HOLD_MS);
    };
  }

  #ask(member: number, holdMs: number): void {
    this.#busy += 1;
    this.#crew.order(member, { task: 'hold', lock: this.#lock, path: this.#path, holdMs });
  }

  /** One that has not come yet counts with what it has waited. */
  #gaps(): number[] {
    const taken = this.#taken.toSorted((a, b) => a - b).slice(1);
    const given = this.#given.toSorted((a, b) => a - b).slice(0, taken.length + 1);
    return given.map((time, index) => (taken[index] ?? sharedNow()) - time);
  }

  /** proper-lockfile can't be stopped, and would disturb the next round less and less: we don't wait for long. */
  async #stop(): Promise<void> {
    this.#isOver = true;
    for (let member = 0; member <= this.#waiters; member += 1) {
      this.#crew.order(member, { task: 'stop', lock: this.#lock, path: this.#path });
    }
    const end = sharedNow() + MAX_STOP_MS;
    while (this.#busy > 0 && sharedNow() < end) await delay(5);
  }
}

function milliseconds(value: number): string {
  return `${value.toFixed(value < 100 ? 2 : 0)} ms`;
}

const HOLD_MS = 15;
const SETTLE_MS = 100;
const MAX_ROUND_MS = 4000;
const MAX_STOP_MS = 1500;
