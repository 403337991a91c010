import { Command } from 'commander';
import { type CommandContext, examples } from '../command-context.ts';
import { createBackupCommand } from './backup/create.ts';
import { listBackupsCommand } from './backup/list.ts';
import { pruneBackupsCommand } from './backup/prune.ts';
import { restoreBackupCommand } from './backup/restore.ts';
import { verifyBackupCommand } from './backup/verify.ts';

export function backupCommand(context: CommandContext): Command {
  const command = new Command('backup')
    .helpCommand(false)
    .summary('make, verify and restore backups')
    .description('Backups of the store: plain tar archives, each with a manifest that proves it.')
    .addHelpText('before', examples('backup create --tag pre-update', 'backup verify --all'));
  const subcommands = [
    createBackupCommand,
    listBackupsCommand,
    verifyBackupCommand,
    restoreBackupCommand,
    pruneBackupsCommand,
  ];
  for (const create of subcommands) command.addCommand(create(context));
  return command;
}
