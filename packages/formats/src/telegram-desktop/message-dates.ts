import { normalizeDate } from '@tgstore/schema';
import type { ReportBuilder } from '../report.ts';
import type { ZoneOptions } from './chat-facts.ts';
import type { Leftovers } from './leftovers.ts';
import { IsoClock, localSeconds, MAX_SECONDS, unixSeconds } from './time.ts';
import { UtcOffsets } from './utc-offsets.ts';

/** What the dates of one chat are read with. */
export interface DateOptions extends ZoneOptions {
  readonly report: ReportBuilder;
}

/** The dates of the messages of one chat. Unix times win; a local time alone needs the zone. */
export class MessageDates {
  readonly offsets = new UtcOffsets();
  readonly #options: DateOptions;
  readonly #leftovers: Leftovers;
  readonly #clock = new IsoClock();

  constructor(options: DateOptions, leftovers: Leftovers) {
    this.#options = options;
    this.#leftovers = leftovers;
  }

  /** From `date_unixtime` and `date`. */
  date(unix: unknown, local: unknown): string | undefined {
    if (unix !== undefined && unix !== null) {
      const seconds = unixSeconds(unix);
      if (seconds > 0) {
        if (typeof local === 'string') this.offsets.note(local, seconds);
        else if (local !== undefined && local !== null) this.#leftovers.keepWrong('date', local);
        return this.#clock.format(seconds);
      }
      if (seconds === 0) {
        // what the server no longer has is dated 1970
        this.#leftovers.keep('date_unixtime', unix);
        return undefined;
      }
      this.#leftovers.keepWrong('date_unixtime', unix);
    }
    if (local === undefined || local === null) return undefined;
    const seconds = this.#localToUnix('date', local);
    return seconds === undefined || isEpoch(seconds) ? undefined : this.#clock.format(seconds);
  }

  /** From `edited_unixtime` and `edited`. */
  editDate(unix: unknown, local: unknown): string | undefined {
    if (unix !== undefined && unix !== null) {
      const seconds = unixSeconds(unix);
      if (!Number.isNaN(seconds)) {
        if (local !== undefined && local !== null && typeof local !== 'string') {
          this.#leftovers.keepWrong('edited', local);
        }
        return isEpoch(seconds) ? undefined : this.#clock.format(seconds);
      }
      this.#leftovers.keepWrong('edited_unixtime', unix);
    }
    if (local === undefined || local === null) return undefined;
    // before 2.1.9 all messages have it, those that were not edited from 1970
    if (typeof local === 'string' && isEpoch(localSeconds(local))) return undefined;
    const seconds = this.#localToUnix('edited', local);
    return seconds === undefined ? undefined : this.#clock.format(seconds);
  }

  /** The unix time of a date without one; a local one stays in `raw_data`, which marks its zone as assumed. */
  #localToUnix(key: string, value: unknown): number | undefined {
    if (typeof value === 'number' && !Number.isNaN(unixSeconds(value))) return value;
    const local = typeof value === 'string' ? localSeconds(value) : Number.NaN;
    if (!Number.isNaN(local)) {
      if (!this.#options.hasZone) this.#options.report.assumedTimeZone = 'UTC';
      this.#leftovers.keep(key, value);
      return inRange(this.#options.zone.toUnix(local));
    }
    if (typeof value === 'string' && WITH_ZONE.test(value)) {
      const seconds = inRange(Math.floor(Date.parse(String(normalizeDate(value))) / 1000));
      if (seconds !== undefined) return seconds;
    }
    this.#leftovers.keepWrong(key, value);
    return undefined;
  }
}

function isEpoch(seconds: number): boolean {
  return seconds <= DAY;
}

function inRange(seconds: number): number | undefined {
  return seconds >= 0 && seconds <= MAX_SECONDS ? seconds : undefined;
}

const DAY = 86_400;
const WITH_ZONE = /T.*(?:Z|[+-]\d\d:?\d\d)$/i;
