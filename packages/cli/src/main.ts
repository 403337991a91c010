import { CommanderError } from 'commander';
import { ExitCode } from './exit-codes.ts';
import { explainError } from './explain-error.ts';
import type { ProcessIo } from './io.ts';
import { createProgram } from './program.ts';
import { Reporter } from './reporter.ts';
import { openScreen } from './screen.ts';
import { throwUsageErrors, UsageError } from './usage-error.ts';

/** Runs the command line and resolves to its exit status; never throws and never exits. */
export async function main(argv: readonly string[], process: ProcessIo): Promise<ExitCode> {
  const report = createReporter(argv, process);
  const exitCode = await run(argv, process, report);
  report.end(exitCode);
  return exitCode;
}

async function run(
  argv: readonly string[],
  process: ProcessIo,
  report: Reporter,
): Promise<ExitCode> {
  const io = { ...process, stdout: openScreen(process.stdout, process.env), report };
  let exitCode: ExitCode = ExitCode.ok;
  const program = createProgram(io, (code) => {
    exitCode = code;
  });
  throwUsageErrors(program, report);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    // help is printed: it was asked for, or no command was named
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
    if (error instanceof UsageError) {
      report.error(error);
      return ExitCode.usage;
    }
    const explained = explainError(error);
    report.error(explained);
    return explained.exitCode;
  }
}

function createReporter(argv: readonly string[], process: ProcessIo): Reporter {
  // what is wrong with the arguments is told, too, so they can't be parsed before
  const options = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : undefined);
  const report = new Reporter(openScreen(process.stderr, process.env), {
    events: options.includes('--events'),
    json: options.includes('--json'),
    quiet: options.includes('--quiet') || options.includes('-q'),
  });
  const { signal, stopSignal, onExit, onWarning } = process;
  signal.addEventListener('abort', () => report.interrupted('after what is in hand'));
  stopSignal.addEventListener('abort', () => report.interrupted('at once'));
  onExit?.((status) => report.end(status));
  onWarning?.((message) => report.warn(message));
  return report;
}
