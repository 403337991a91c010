/**
 * Reasons a {@link FormatError} is thrown. Stable within a major version; messages are not.
 *
 * - `FORMAT_NOT_FOUND`: nothing is at the path.
 * - `FORMAT_NO_RESULT_JSON`: a folder without a `result.json`; or no regular file.
 * - `FORMAT_HTML_EXPORT`: an export as HTML, which can't be read.
 * - `FORMAT_EMPTY`: no bytes, or white space only.
 * - `FORMAT_NOT_JSON`: HTML, UTF-16, an archive, text: the message says which.
 * - `FORMAT_UNKNOWN`: JSON of another kind: the message says which, where it is known.
 * - `FORMAT_TOO_NEW`: a bundle, or a conversation in it, of a later version.
 * - `FORMAT_TRUNCATED`: the input ends early.
 * - `FORMAT_INVALID_JSON`: the input is broken.
 * - `FORMAT_NO_ID`: a chat without an id.
 * - `FORMAT_BAD_ID`: an id that is none, or two that differ.
 * - `FORMAT_BAD_TIME_ZONE`: `timeZone` is no IANA name.
 */
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
  /** The class, also where a bundler has renamed it. */
  override get name(): 'FormatError' {
    return 'FormatError';
  }

  /** Why; compare this, not the message. */
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
