import { openSync, readSync } from 'node:fs';

/** Sees a case that makes the process larger than the size of its file can explain. */
export class MemoryWatch {
  #before = 0;
  #size = 0;

  get peakBytes(): number {
    return peak();
  }

  begin(size: number): void {
    this.#size = size;
    this.#before = peak();
  }

  /** `undefined` where it grew by no more than a constant and a multiple of the size of the file. */
  exceeded(): string | undefined {
    const grown = peak() - this.#before;
    if (grown <= ALLOWED + this.#size * FACTOR) return undefined;
    return `a file of ${this.#size} bytes took ${Math.round(grown / MEGABYTE)} MiB of memory`;
  }

  /** As {@link exceeded}, for the process as it is before the first mutation. */
  isLarge(): string | undefined {
    if (peak() <= LARGE) return undefined;
    return `files that were not mutated took ${Math.round(peak() / MEGABYTE)} MiB of memory`;
  }
}

const status = process.platform === 'linux' ? openSync('/proc/self/status', 'r') : undefined;
const buffer = Buffer.alloc(4096);

/** The most that the process ever had. What `resourceUsage` says is also that of its parent. */
function peak(): number {
  if (status === undefined) return process.resourceUsage().maxRSS * 1024;
  const length = readSync(status, buffer, 0, buffer.length, 0);
  return Number(/VmHWM:\s*(\d+) kB/.exec(buffer.toString('latin1', 0, length))?.[1]) * 1024;
}

const MEGABYTE = 1024 * 1024;
const ALLOWED = 96 * MEGABYTE;
/** Of the size of the file: an empty list in a list takes V8 a hundred bytes, and JSON two. */
const FACTOR = 100;
const LARGE = 300 * MEGABYTE;
