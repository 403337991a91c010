import type { Io } from './io.ts';
import { bytes, count, duration } from './output.ts';
import type { Reporter } from './reporter.ts';

export interface ProgressOptions {
  /** What is going on, in one word: `importing`. */
  readonly label: string;
  /** What it is done to, where that is one of several. */
  readonly subject?: string | undefined;
  readonly unit: 'bytes' | 'conversations';
  /** Unknown for standard input. */
  readonly total?: number | undefined;
}

/**
 * Ten times a second at most: for programs an event, and always one for the end; for people a line on a terminal, after a second;
 * else silence.
 */
export class Progress implements Disposable {
  readonly #report: Reporter;
  readonly #options: ProgressOptions;
  readonly #start = performance.now();
  #total: number | undefined;
  #done: number | undefined;
  #shown: number | undefined;
  #shownAt = Number.NEGATIVE_INFINITY;

  constructor({ report }: Pick<Io, 'report'>, options: ProgressOptions) {
    this.#report = report;
    this.#options = options;
  }

  /** `total` where it was not known before. */
  update(done: number, total = this.#options.total): void {
    this.#done = done;
    this.#total = total;
    const now = performance.now();
    if (now - this.#shownAt < 100) return;
    const isForPeople = this.#report.hasLine && now - this.#start > 1000;
    if (!isForPeople && !this.#report.isForEvents) return;
    this.#shownAt = now;
    this.#shown = done;
    if (isForPeople)
      this.#report.showLine(describe({ ...this.#options, total }, done, now - this.#start));
    else this.#tell(done);
  }

  /** Takes the line away. */
  [Symbol.dispose](): void {
    this.#report.hideLine();
    if (this.#done !== undefined && this.#done !== this.#shown) this.#tell(this.#done);
    this.#done = undefined;
  }

  #tell(done: number): void {
    if (this.#report.isQuiet) return;
    const { label: what, subject, unit } = this.#options;
    this.#report.tell({ event: 'progress', what, subject, unit, done, total: this.#total });
  }
}

/** `importing  42 %  84.1 MB of 200.4 MB  97.0 MB/s  1.2 s left` */
export function describe(
  { label, subject, unit, total }: ProgressOptions,
  done: number,
  elapsedMs: number,
): string {
  const what = subject === undefined ? label : `${label} ${subject}`;
  const amount = unit === 'bytes' ? bytes : count;
  const perSecond = (done / elapsedMs) * 1000;
  const rate = unit === 'bytes' ? `${bytes(perSecond)}/s` : `${perSecond.toFixed(0)}/s`;
  if (!total) return `${what}  ${amount(done)}  ${rate}`;
  const share = `${Math.floor((100 * done) / total)} %`;
  const left = `${duration(((total - done) / perSecond) * 1000)} left`;
  return `${what}  ${share}  ${amount(done)} of ${amount(total)}  ${rate}  ${left}`;
}
