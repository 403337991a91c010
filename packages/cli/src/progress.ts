import type { Io } from './io.ts';
import { bytes, count, cut, duration } from './output.ts';

export interface ProgressOptions {
  /** What is going on, in one word: `importing`. */
  readonly label: string;
  readonly unit: 'bytes' | 'conversations';
  /** Unknown for standard input. */
  readonly total?: number | undefined;
  readonly quiet?: boolean | undefined;
}

/** One line on standard error, on a terminal only, after a second and ten times a second; otherwise silence. */
export class Progress implements Disposable {
  readonly #io: Io;
  readonly #options: ProgressOptions;
  readonly #start = performance.now();
  #shownAt = 0;
  #visible = false;

  constructor(io: Io, options: ProgressOptions) {
    this.#io = io;
    this.#options = options;
  }

  /** `total` where it was not known before. */
  update(done: number, total = this.#options.total): void {
    const now = performance.now();
    const isDue = now - this.#start > 1000 && now - this.#shownAt >= 100;
    if (!isDue || this.#options.quiet || !this.#io.stderr.isTTY) return;
    this.#shownAt = now;
    this.#visible = true;
    const text = describe({ ...this.#options, total }, done, now - this.#start);
    this.#io.stderr.write(`\r\x1b[2K${cut(text, (this.#io.stderr.columns ?? 80) - 1)}`);
  }

  /** Takes the line away. */
  [Symbol.dispose](): void {
    if (this.#visible) this.#io.stderr.write('\r\x1b[2K');
    this.#visible = false;
  }
}

/** `importing  42 %  84.1 MB of 200.4 MB  97.0 MB/s  1.2 s left` */
export function describe(
  { label, unit, total }: ProgressOptions,
  done: number,
  elapsedMs: number,
): string {
  const amount = unit === 'bytes' ? bytes : count;
  const perSecond = (done / elapsedMs) * 1000;
  const rate = unit === 'bytes' ? `${bytes(perSecond)}/s` : `${perSecond.toFixed(0)}/s`;
  if (!total) return `${label}  ${amount(done)}  ${rate}`;
  const share = `${Math.floor((100 * done) / total)} %`;
  const left = `${duration(((total - done) / perSecond) * 1000)} left`;
  return `${label}  ${share}  ${amount(done)} of ${amount(total)}  ${rate}  ${left}`;
}
