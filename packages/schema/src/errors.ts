/**
 * Reasons a {@link SchemaError} is thrown. Stable within a major version; messages are not.
 *
 * - `SCHEMA_INVALID`: JSON that is no conversation, or a value that JSON can't hold; `problems` says where, if it is about a conversation.
 * - `SCHEMA_INVALID_JSON`: text that is no JSON; `offset` says where, if it is known.
 * - `SCHEMA_JSON_ENDS_EARLY`: a stream ended in the middle of its JSON.
 * - `SCHEMA_VALUE_TOO_LARGE`: a value of a stream is larger than the reader may hold.
 * - `SCHEMA_VERSION_TOO_NEW`: a newer version wrote the conversation.
 */
export type SchemaErrorCode =
  | 'SCHEMA_INVALID'
  | 'SCHEMA_INVALID_JSON'
  | 'SCHEMA_JSON_ENDS_EARLY'
  | 'SCHEMA_VALUE_TOO_LARGE'
  | 'SCHEMA_VERSION_TOO_NEW';

/** One thing that is wrong with a conversation, and where. */
export interface Problem {
  /** Dotted path from the root of the file, `messages.102.date`. */
  readonly path: string;
  /** What is wrong there, in a few words. */
  readonly message: string;
}

/** Text is no JSON, or JSON is no conversation. */
export class SchemaError extends Error {
  /** The class, also where a bundler has renamed it. */
  override get name(): 'SchemaError' {
    return 'SchemaError';
  }

  /** Why; compare this, not the message. */
  readonly code: SchemaErrorCode;
  /** The first ten problems; empty unless `code` is `SCHEMA_INVALID`. */
  readonly problems: readonly Problem[];
  /** Bytes (of a stream) or UTF-16 units (of a string) before the place; `undefined` where there is none. */
  readonly offset: number | undefined;

  constructor(
    code: SchemaErrorCode,
    message: string,
    {
      problems = [],
      offset,
      ...options
    }: ErrorOptions & {
      problems?: readonly Problem[] | undefined;
      offset?: number | undefined;
    } = {},
  ) {
    super(message, options);
    this.code = code;
    this.problems = problems;
    this.offset = offset;
  }
}
