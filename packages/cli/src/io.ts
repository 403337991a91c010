import type { Readable } from 'node:stream';

/** Everything a command may touch of the process it runs in; tests hand in their own. */
export interface Io {
  readonly stdin: Readable;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  /** Aborted by the first Ctrl-C: take no new work, finish what is in hand. */
  readonly signal: AbortSignal;
  /** Aborted by the second: stop what is in hand. */
  readonly stopSignal: AbortSignal;
}

/** A stream for text; `columns` and `isTTY` as `process.stdout` has them. */
export interface Output {
  /** `false` asks to wait for `drain`. */
  write(text: string | Uint8Array): unknown;
  once?(event: 'drain', listener: () => void): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}
