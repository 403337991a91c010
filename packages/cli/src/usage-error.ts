import type { Command, CommanderError } from 'commander';
import type { ErrorDetails } from './events.ts';
import type { Reporter } from './reporter.ts';

/** A command line that tgstore can't run. */
export class UsageError extends Error implements ErrorDetails {
  /** The class, also where a bundler has renamed it. */
  override get name(): 'UsageError' {
    return 'UsageError';
  }

  readonly code = 'USAGE';
  /** What to type to learn more: `tgstore list --help`. */
  readonly next: readonly string[];

  constructor(message: string, command: Command) {
    super(message);
    this.next = [`${nameOf(command)} --help`];
  }
}

/** Has the commands throw what commander would print of wrong arguments, as a {@link UsageError}. */
export function throwUsageErrors(command: Command, report: Reporter): void {
  command.configureOutput({ outputError() {} }).exitOverride((error) => {
    // people who named no command have the help before them
    const isHelp = error.code === 'commander.help' && !report.isForPrograms;
    if (error.exitCode === 0 || isHelp) throw error;
    throw new UsageError(describe(error), command);
  });
  for (const sub of command.commands) throwUsageErrors(sub, report);
}

function describe({ code, message }: CommanderError): string {
  if (code === 'commander.help') return 'a command is missing';
  return message.replace(/^error: /, '').replace(/\n(\(Did you mean .*\))$/s, ' $1');
}

function nameOf(command: Command): string {
  return command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();
}
