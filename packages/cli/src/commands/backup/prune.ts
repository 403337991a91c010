import type { RetentionDecision } from '@tgstore/core';
import { Command, InvalidArgumentError } from 'commander';
import { type CommandContext, examples } from '../../command-context.ts';
import { describeExitCodes, ExitCode } from '../../exit-codes.ts';
import type { Io } from '../../io.ts';
import { bytes, json, plural, table } from '../../output.ts';
import { openStore } from '../../store.ts';
import { printVerdict } from '../../verdict.ts';
import { addBackupDir, type BackupOptions } from './open.ts';

export interface PruneOptions extends BackupOptions {
  readonly keepLast?: number | undefined;
  readonly keepDaily?: number | undefined;
  readonly keepWeekly?: number | undefined;
  readonly keepMonthly?: number | undefined;
  readonly dryRun?: boolean | undefined;
}

export function pruneBackupsCommand({ io, exit }: CommandContext): Command {
  return addBackupDir(new Command('prune'))
    .summary('remove old automatic backups')
    .description(
      'Removes automatic backups that no rule keeps; without a rule max_backups of the configuration are kept (5). Tagged ones, ' +
        'ones that were never verified and the newest one always stay. Days, weeks and months are those of UTC.',
    )
    .option('--keep-last <n>', 'the newest n', wholeNumber)
    .option('--keep-daily <n>', 'the newest of each of the last n days', wholeNumber)
    .option('--keep-weekly <n>', 'the newest of each of the last n weeks', wholeNumber)
    .option('--keep-monthly <n>', 'the newest of each of the last n months', wholeNumber)
    .option('-n, --dry-run', 'say what would go, and why the others stay')
    .addHelpText(
      'before',
      examples('backup prune --dry-run', 'backup prune --keep-daily 7 --keep-weekly 4'),
    )
    .addHelpText('after', describeExitCodes())
    .action(async (_options: unknown, command: Command) => {
      exit(await runPrune(command.optsWithGlobals(), io));
    });
}

export async function runPrune(options: PruneOptions, io: Io): Promise<ExitCode> {
  const { backups } = await openStore(options, io);
  const { keepLast, keepDaily, keepWeekly, keepMonthly, dryRun = false } = options;
  const rules = { keepLast, keepDaily, keepWeekly, keepMonthly };
  const decisions = await backups.pruneBackups({ ...rules, dryRun });
  if (options.json) json(io, { dry_run: dryRun, backups: decisions.map(toJson) });
  else print(decisions, dryRun, io);
  return ExitCode.ok;
}

function print(decisions: readonly RetentionDecision[], dryRun: boolean, io: Io): void {
  const goes = dryRun ? 'would go' : 'gone';
  if (decisions.length > 0) {
    const columns = [
      { heading: 'BACKUP' },
      { heading: 'SIZE', right: true, drop: 1 },
      { heading: 'WHY' },
    ];
    const rows = decisions.map(({ backup, keep, reasons }) => [
      backup.id,
      bytes(backup.size),
      keep ? `kept: ${reasons.join(', ')}` : goes,
    ]);
    table(io.stdout, columns, rows);
  }
  const gone = decisions.filter(({ keep }) => !keep);
  const freed = gone.reduce((sum, { backup }) => sum + backup.size, 0);
  const parts = [
    `${plural(gone.length, 'backup')} ${dryRun ? 'would be removed' : 'removed'} (${bytes(freed)})`,
    `${decisions.length - gone.length} kept`,
  ];
  printVerdict(io.stdout, 'OK', parts);
}

function toJson({ backup: { id, size }, keep, reasons }: RetentionDecision): object {
  return { id, size, keep, reasons };
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}
