import type { Readable } from 'node:stream';
import type { Reporter } from './reporter.ts';
import type { Output, Screen } from './screen.ts';

/** Everything that may be touched of the process it runs in; tests hand in their own. */
export interface ProcessIo {
  readonly stdin: Readable;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  /** Aborted by the first Ctrl-C: take no new work, finish what is in hand. */
  readonly signal: AbortSignal;
  /** Aborted by the second: stop what is in hand. */
  readonly stopSignal: AbortSignal;
  /** Calls back where the process ends before its work does. */
  readonly onExit?: ((listener: (status: number) => void) => void) | undefined;
  /** Calls back with what Node warns of. */
  readonly onWarning?: ((listener: (message: string) => void) => void) | undefined;
}

/** What a command gets of it: results go to `stdout`, everything else is told to `report`. */
export interface Io extends Omit<ProcessIo, 'stdout' | 'stderr' | 'onExit' | 'onWarning'> {
  readonly stdout: Screen;
  readonly report: Reporter;
}
