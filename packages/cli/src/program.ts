import { Command } from 'commander';
import { type CommandContext, examples } from './command-context.ts';
import { backupCommand } from './commands/backup.ts';
import { checkCommand } from './commands/check.ts';
import { completeCommand, completionCommand } from './commands/completion.ts';
import { configCommand } from './commands/config.ts';
import { doctorCommand } from './commands/doctor.ts';
import { exportCommand } from './commands/export.ts';
import { historyCommand } from './commands/history.ts';
import { importCommand } from './commands/import.ts';
import { initCommand } from './commands/init.ts';
import { listCommand } from './commands/list.ts';
import { lockCommand } from './commands/lock.ts';
import { markCommand } from './commands/mark.ts';
import { migrateCommand } from './commands/migrate.ts';
import { processCommand } from './commands/process.ts';
import { recoverCommand } from './commands/recover.ts';
import { searchCommand } from './commands/search.ts';
import { serveCommand } from './commands/serve.ts';
import { showCommand } from './commands/show.ts';
import { statsCommand } from './commands/stats.ts';
import { watchCommand } from './commands/watch.ts';
import type { ExitCode } from './exit-codes.ts';
import { helpLayout, wrapHelp } from './help-layout.ts';
import type { Io } from './io.ts';
import { announce } from './start.ts';
import { version } from './version.ts';

/** The command tree. */
export function createProgram(io: Io, exit: (code: ExitCode) => void): Command {
  const context: CommandContext = { io, exit };
  const program = new Command('tgstore')
    .description('Telegram conversations on disk: one validated JSON file each.')
    .version(version(), '-V, --version')
    .option(
      '--store <directory>',
      'the store; else TGSTORE_DIR, the configuration, db/telegram/chats',
    )
    .option(
      '--config <file>',
      'the configuration; else tgstore.yaml, .yml, .json or config.yaml here',
    )
    .option('--json', 'print one JSON document, and errors as JSON')
    .option('-q, --quiet', 'no progress and no hints')
    .option('--events', 'tell everything else as JSON lines on standard error')
    .exitOverride()
    .configureHelp(helpLayout)
    .configureOutput({
      writeOut: (text) => io.stdout.write(wrapHelp(text, io.stdout.columns)),
      // programs get what is wrong as an event, from main
      writeErr: (text) => io.report.isForPrograms || io.report.pass(text),
      getOutHelpWidth: () => Math.min(io.stdout.columns, 80),
      getErrHelpWidth: () => Math.min(io.report.columns, 80),
    })
    .hook('preAction', async (_program, command) => await announce(command, io))
    .addHelpText(
      'before',
      examples('import ~/Downloads/DataExport/result.json', 'list --unprocessed'),
    )
    .helpCommand(false);
  const commands = [
    initCommand,
    importCommand,
    listCommand,
    showCommand,
    searchCommand,
    historyCommand,
    statsCommand,
    processCommand,
    watchCommand,
    serveCommand,
    markCommand,
    exportCommand,
    backupCommand,
    checkCommand,
    recoverCommand,
    migrateCommand,
    doctorCommand,
    lockCommand,
    configCommand,
    completionCommand,
  ];
  for (const create of commands) {
    const command = create(context).copyInheritedSettings(program);
    for (const sub of command.commands) sub.copyInheritedSettings(command);
    program.addCommand(command);
  }
  program.addCommand(completeCommand(context).copyInheritedSettings(program), { hidden: true });
  return program;
}
