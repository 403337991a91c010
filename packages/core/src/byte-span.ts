/** A part of a file, in bytes. */
export interface ByteSpan {
  readonly start: number;
  readonly end: number;
}
