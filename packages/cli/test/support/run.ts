import { Readable } from 'node:stream';
import { main } from '../../src/main.ts';

export interface RunOptions {
  readonly cwd: string;
  readonly stdin?: string | Uint8Array | undefined;
  readonly env?: Record<string, string> | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly stopSignal?: AbortSignal | undefined;
}

export interface RunResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in this process, as 80 columns without a terminal. */
export async function run(args: readonly string[], options: RunOptions): Promise<RunResult> {
  const stdout = new Capture();
  const stderr = new Capture();
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
  readonly columns = 80;
  readonly isTTY = false;
  text = '';

  write(chunk: string | Uint8Array): boolean {
    this.text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    return true;
  }
}
