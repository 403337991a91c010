import type { Command, CommanderError } from 'commander';

/** A command line that tgstore can't run. */
export class UsageError extends Error {
  static {
    UsageError.prototype.name = 'UsageError';
  }

  readonly code = 'USAGE';
  /** What to type to learn more: `tgstore list --help`. */
  readonly help: string;

  constructor(message: string, command: Command) {
    super(message);
    this.help = `${nameOf(command)} --help`;
  }
}

/** Has the commands throw what commander would print of wrong arguments, as a {@link UsageError}. */
export function throwUsageErrors(command: Command, asJson: boolean): void {
  command
    .configureOutput({
      outputError() {},
      // help that nobody asked for is no JSON
      ...(asJson && { writeErr() {} }),
    })
    .exitOverride((error) => {
      if (error.exitCode === 0) throw error;
      throw new UsageError(describe(error, asJson), command);
    });
  for (const sub of command.commands) throwUsageErrors(sub, asJson);
}

function describe({ code, message }: CommanderError, asJson: boolean): string {
  // its help, which names the commands, is printed instead
  if (code === 'commander.help') return asJson ? 'a command is missing' : '';
  return message.replace(/^error: /, '').replace(/\n(\(Did you mean .*\))$/s, ' $1');
}

function nameOf(command: Command): string {
  return command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();
}
