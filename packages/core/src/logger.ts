/** What the store tells of its doings: details as an object, then a text. A `pino` logger is one, and `console`. */
export interface Logger {
  /** What is of interest while something is looked for. */
  debug(details: object, message: string): void;
  /** What was mended, taken over or backed up. */
  info(details: object, message: string): void;
  /** What somebody should look at. */
  warn(details: object, message: string): void;
  /** What went wrong and could not be thrown, as in an automatic backup. */
  error(details: object, message: string): void;
}

export const silent: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
};
