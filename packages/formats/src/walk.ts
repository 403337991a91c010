import type { JsonReader } from '@tgstore/schema';
import { parseJson, SchemaError } from '@tgstore/schema';
import { isTooDeep } from './depth.ts';
import { FormatError } from './errors.ts';
import type { ReportBuilder } from './report.ts';

/**
 * One passage through an input: its reader, its report, and where it stands. What goes wrong ends the passage; what
 * came out before is kept, and an error is thrown only where nothing did.
 */
export class Walk {
  readonly reader: JsonReader;
  readonly report: ReportBuilder;
  readonly #markLength: number;
  /** Where the reader stands, for messages to people. */
  place = TOP_LEVEL;
  /** Whether reading had to end before the end of the input. */
  stopped = false;

  constructor(reader: JsonReader, report: ReportBuilder, markLength: number) {
    this.reader = reader;
    this.report = report;
    this.#markLength = markLength;
  }

  /** Bytes of the input before the reader. */
  get offset(): number {
    return this.reader.offset + this.#markLength;
  }

  /** The next value, parsed; for values that are small. */
  async value(): Promise<unknown> {
    const offset = this.offset;
    const bytes = await this.reader.slice();
    try {
      if (isTooDeep(bytes)) throw new SchemaError('SCHEMA_INVALID_JSON', 'nested too deeply');
      return parseJson(decoder.decode(bytes));
    } catch (error) {
      if (!(error instanceof SchemaError)) throw error;
      throw new SchemaError('SCHEMA_INVALID_JSON', error.message, {
        offset: offset - this.#markLength,
        cause: error,
      });
    }
  }

  /** Steps into the next value where it is such an object or array; passes over `null`; else fails. */
  async enterUnlessNull(bracket: '{' | '['): Promise<boolean> {
    if ((await this.reader.peek()) === SMALL_N) {
      const offset = this.reader.offset;
      if ((await this.value()) === null) return false;
      throw new SchemaError('SCHEMA_INVALID_JSON', `expected ${bracket}`, { offset });
    }
    await this.reader.enter(bracket);
    return true;
  }

  /** The error as one of ours; others, such as those of the file system, come back as they are. */
  toFormatError(error: unknown): unknown {
    if (!(error instanceof SchemaError)) return error;
    const offset = (error.offset ?? 0) + this.#markLength;
    if (error.code === 'SCHEMA_JSON_ENDS_EARLY') {
      return new FormatError(
        'FORMAT_TRUNCATED',
        `The input ends early, at byte ${offset} in ${this.place}; export again, or look whether the copy is complete`,
        { offset, cause: error },
      );
    }
    return new FormatError(
      'FORMAT_INVALID_JSON',
      `The input is not valid JSON at byte ${offset} in ${this.place} (${withoutPlace(error.message)}); export again`,
      { offset, cause: error },
    );
  }

  /**
   * Ends the passage where the input is broken. Throws where no conversation came out yet, and all that is no fault of
   * the input's JSON.
   */
  stop(error: unknown, conversation?: string): void {
    if (!(error instanceof SchemaError)) throw error;
    if (this.report.conversations === 0) throw this.toFormatError(error);
    this.stopped = true;
    const offset = (error.offset ?? 0) + this.#markLength;
    const place = this.place;
    const stop = { offset, place, ...(conversation !== undefined && { conversation }) };
    if (error.code === 'SCHEMA_JSON_ENDS_EARLY') {
      // no message is that long: a quote or bracket is missing, and the rest of the input was taken for its content
      if (offset - this.offset < LONG_VALUE) this.report.truncated = stop;
      else
        this.report.damaged = { ...stop, offset: this.offset, reason: 'what begins does not end' };
    } else this.report.damaged = { ...stop, reason: withoutPlace(error.message) };
  }
}

/** The place outside of all conversations and sections. */
export const TOP_LEVEL = 'the top level';

function withoutPlace(message: string): string {
  return message.replace(/^byte \d+: /, '');
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const LONG_VALUE = 1024 * 1024;
const SMALL_N = 0x6e;
