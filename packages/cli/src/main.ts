import { CommanderError } from 'commander';
import { ExitCode } from './exit-codes.ts';
import { explainError } from './explain-error.ts';
import type { Io } from './io.ts';
import { line } from './output.ts';
import { createProgram } from './program.ts';
import { throwUsageErrors, UsageError } from './usage-error.ts';
import { printError } from './verdict.ts';

/** Runs the command line and resolves to its exit status; never throws and never exits. */
export async function main(argv: readonly string[], io: Io): Promise<ExitCode> {
  let exitCode: ExitCode = ExitCode.ok;
  const program = createProgram(io, (code) => {
    exitCode = code;
  });
  const asJson = argv.includes('--json');
  throwUsageErrors(program, asJson);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    // help or version was asked for, and is printed
    if (error instanceof CommanderError) return ExitCode.ok;
    if (error instanceof UsageError) return reportUsage(error, io, asJson);
    return report(error, io, asJson);
  }
}

function reportUsage({ code, message, help }: UsageError, io: Io, asJson: boolean): ExitCode {
  if (asJson) line(io.stderr, JSON.stringify({ type: 'error', code, message, help }));
  else if (message !== '') {
    printError(io, { code, message });
    line(io.stderr, `${help} says what it takes`);
  }
  return ExitCode.usage;
}

function report(error: unknown, io: Io, asJson: boolean): ExitCode {
  const { exitCode, ...explained } = explainError(error);
  if (asJson) line(io.stderr, JSON.stringify({ type: 'error', ...explained }));
  else printError(io, explained);
  return exitCode;
}
