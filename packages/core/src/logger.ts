/** What the store tells of its doings: details as an object, then a text. A `pino` logger is one, and `console`. */
export interface Logger {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export const silent: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
};
