/** Reasons a {@link FormatError} is thrown. Stable within a major version; messages are not. */
export type FormatErrorCode =
  | 'FORMAT_NOT_FOUND'
  | 'FORMAT_NO_RESULT_JSON'
  | 'FORMAT_HTML_EXPORT'
  | 'FORMAT_EMPTY'
  | 'FORMAT_NOT_JSON'
  | 'FORMAT_UNKNOWN'
  | 'FORMAT_TOO_NEW'
  | 'FORMAT_TRUNCATED'
  | 'FORMAT_INVALID_JSON'
  | 'FORMAT_NO_ID'
  | 'FORMAT_BAD_ID'
  | 'FORMAT_BAD_TIME_ZONE';

/** An input can't be read as an export, or not in the way asked for. */
export class FormatError extends Error {
  static {
    FormatError.prototype.name = 'FormatError';
  }

  readonly code: FormatErrorCode;
  /** The path asked for; `undefined` where the input came as a stream. */
  readonly path: string | undefined;
  /** Bytes of the input before the place; `undefined` where there is none. */
  readonly offset: number | undefined;

  constructor(
    code: FormatErrorCode,
    message: string,
    {
      path,
      offset,
      ...options
    }: ErrorOptions & { path?: string | undefined; offset?: number | undefined } = {},
  ) {
    super(message, options);
    this.code = code;
    this.path = path;
    this.offset = offset;
  }
}
