import { FormatError } from '../errors.ts';

/** The zone of the exporting computer, for exports that have local times only. */
export class TimeZone {
  readonly #format: Intl.DateTimeFormat | undefined;
  /** Offset at the beginning of a day, by day. */
  readonly #days = new Map<number, number>();

  /** @throws {@link FormatError} `FORMAT_BAD_TIME_ZONE` when it is no IANA name. Without a name: UTC. */
  constructor(name: string | undefined) {
    this.#format = name === undefined ? undefined : formatOf(name);
  }

  /**
   * Unix seconds of a local time, given as if it were UTC. Of the hour that occurs twice in autumn the first is taken;
   * a time that the clocks passed over in spring is read with the offset before.
   */
  toUnix(local: number): number {
    if (!this.#format) return local;
    const before = this.#offsetOfDay(Math.floor(local / DAY) - 1);
    const after = this.#offsetOfDay(Math.floor(local / DAY) + 2);
    if (before === after) return local - before;
    // the clocks change near that day: look at the instants themselves
    const first = local - before;
    const second = local - after;
    return this.#offsetAt(first) !== before && this.#offsetAt(second) === after ? second : first;
  }

  #offsetOfDay(day: number): number {
    let offset = this.#days.get(day);
    if (offset === undefined) {
      offset = this.#offsetAt(day * DAY);
      this.#days.set(day, offset);
    }
    return offset;
  }

  #offsetAt(unix: number): number {
    const parts: Record<string, number> = {};
    for (const { type, value } of this.#format?.formatToParts(unix * 1000) ?? []) {
      parts[type] = Number(value);
    }
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - unix;
  }
}

function formatOf(name: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      calendar: 'gregory',
      numberingSystem: 'latn',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch (error) {
    throw new FormatError(
      'FORMAT_BAD_TIME_ZONE',
      `${JSON.stringify(name)} is no time zone; pass an IANA name such as Europe/Berlin`,
      { cause: error },
    );
  }
}

const DAY = 86_400;
