import type { Backup } from '@tgstore/core';
import { Command } from 'commander';
import { type CommandContext, examples } from '../../command-context.ts';
import { describeExitCodes, ExitCode } from '../../exit-codes.ts';
import type { Io } from '../../io.ts';
import { bytes, count, json, printable, table } from '../../output.ts';
import { openStore } from '../../store.ts';
import { addBackupDir, type BackupOptions } from './open.ts';

export function listBackupsCommand({ io, exit }: CommandContext): Command {
  return addBackupDir(new Command('list'))
    .summary('show the backups')
    .description('Shows the backups, newest first, without unpacking any.')
    .addHelpText('before', examples('backup list', 'backup list --json'))
    .addHelpText('after', describeExitCodes())
    .action(async (_options: unknown, command: Command) => {
      exit(await runList(command.optsWithGlobals(), io));
    });
}

export async function runList(options: BackupOptions, io: Io): Promise<ExitCode> {
  const { backups } = await openStore(options, io);
  const { backups: all, foreign } = await backups.listBackups();
  if (options.json) {
    json(io, { backups: all.map(toJson), foreign });
    return ExitCode.ok;
  }
  if (all.length === 0) io.report.hint(`No backups in ${printable(backups.backupDir)}`);
  else {
    const columns = [
      { heading: 'BACKUP' },
      { heading: 'CONVERSATIONS', right: true, drop: 2 },
      { heading: 'MESSAGES', right: true, drop: 3 },
      { heading: 'SIZE', right: true },
      { heading: 'VERIFIED', drop: 1 },
    ];
    table(io.stdout, columns, all.map(toRow));
  }
  if (foreign.length > 0) io.report.note(`no backups, left alone: ${foreign.join(', ')}`);
  return ExitCode.ok;
}

function toRow({ id, counts, size, verifiedAt }: Backup): string[] {
  return [
    id,
    counts ? count(counts.files) : '?',
    counts ? count(counts.messages) : '?',
    bytes(size),
    verifiedAt?.slice(0, 16).replace('T', ' ') ?? 'never',
  ];
}

function toJson(backup: Backup): object {
  const { id, path, createdAt, tag, size, counts, verifiedAt, encrypted } = backup;
  const times = { created_at: createdAt, verified_at: verifiedAt };
  return { id, path, ...times, tag, size, counts, encrypted };
}
