import { CommanderError } from 'commander';
import { ExitCode } from './exit-codes.ts';
import { explainError } from './explain-error.ts';
import type { Io } from './io.ts';
import { line } from './output.ts';
import { createProgram } from './program.ts';
import { printError } from './verdict.ts';

/** Runs the command line and resolves to its exit status; never throws and never exits. */
export async function main(argv: readonly string[], io: Io): Promise<ExitCode> {
  let exitCode: ExitCode = ExitCode.ok;
  const program = createProgram(io, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
    return report(error, io, argv.includes('--json'));
  }
}

function report(error: unknown, io: Io, asJson: boolean): ExitCode {
  const { exitCode, ...explained } = explainError(error);
  if (asJson) line(io.stderr, JSON.stringify({ type: 'error', ...explained }));
  else printError(io, explained);
  return exitCode;
}
