import { localSeconds, offsetText } from './time.ts';

/** Collects the offsets from UTC that an export's local times had, from their difference to the unix times. */
export class UtcOffsets {
  readonly #found = new Set<number>();
  #quarter = Number.NaN;

  /** Looks only when the quarter of an hour is another one: clocks change at its bounds. */
  note(local: string, unix: number): void {
    const quarter = Math.floor(unix / QUARTER);
    if (quarter === this.#quarter) return;
    this.#quarter = quarter;
    const offset = localSeconds(local) - unix;
    if (Math.abs(offset) <= MAX_OFFSET && offset % QUARTER === 0) this.#found.add(offset);
  }

  list(): string[] {
    return [...this.#found].map(offsetText);
  }
}

const QUARTER = 900;
const MAX_OFFSET = 26 * 3600;
