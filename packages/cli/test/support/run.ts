import { Readable } from 'node:stream';
import { main } from '../../src/main.ts';

export interface RunOptions {
  readonly cwd: string;
  readonly stdin?: string | Uint8Array | undefined;
  readonly env?: Record<string, string> | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly stopSignal?: AbortSignal | undefined;
  /** Of a terminal for both streams. @default no terminal */
  readonly columns?: number | undefined;
}

export interface RunResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in this process, without a terminal or with one that has no colours. */
export async function run(args: readonly string[], options: RunOptions): Promise<RunResult> {
  const stdout = new Capture(options.columns);
  const stderr = new Capture(options.columns);
  const status = await main(args, {
    stdin: Readable.from([Buffer.from(options.stdin ?? '')]),
    stdout,
    stderr,
    env: { PATH: process.env.PATH, ...options.env },
    workingDirectory: options.cwd,
    signal: options.signal ?? new AbortController().signal,
    stopSignal: options.stopSignal ?? new AbortController().signal,
  });
  return { status, stdout: stdout.text, stderr: stderr.text };
}

class Capture {
  readonly columns: number | undefined;
  readonly isTTY: boolean;
  text = '';

  constructor(columns: number | undefined) {
    this.columns = columns;
    this.isTTY = columns !== undefined;
  }

  write(chunk: string | Uint8Array): boolean {
    this.text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    return true;
  }
}
