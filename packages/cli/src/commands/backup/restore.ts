import { resolve } from 'node:path';
import type { RestoredItem, RestoreResult } from '@tgstore/core';
import { Command } from 'commander';
import { type CommandContext, examples } from '../../command-context.ts';
import { describeExitCodes, ExitCode } from '../../exit-codes.ts';
import type { Io } from '../../io.ts';
import { duration, json, plural, printable, table } from '../../output.ts';
import { Progress } from '../../progress.ts';
import { openStore } from '../../store.ts';
import { printVerdict } from '../../verdict.ts';
import { addBackupDir, addKeys, type BackupOptions, type KeyOptions, readKeys } from './open.ts';

export interface RestoreOptions extends BackupOptions, KeyOptions {
  readonly overwrite?: boolean | undefined;
  readonly to?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

export function restoreBackupCommand({ io, exit }: CommandContext): Command {
  return addKeys(addBackupDir(new Command('restore')))
    .summary('put conversations back')
    .description(
      'Verifies a backup, and puts its conversations back with their status. What is there already and differs stays, or is ' +
        'replaced with --overwrite and kept in another backup.',
    )
    .argument('<backup>', 'its id, or what only it begins with')
    .argument('[conversation...]', 'ids; all conversations where none is named')
    .option('--overwrite', 'replace conversations that differ')
    .option('--to <directory>', 'another directory to restore to, instead of the store')
    .option('-n, --dry-run', 'say what would change, but change nothing')
    .addHelpText(
      'before',
      examples('backup restore 20261123 --dry-run', 'backup restore 20261123 12345 --overwrite'),
    )
    .addHelpText('after', describeExitCodes('finishedWithFailures', 'locked', 'wrongKey'))
    .action(async (id: string, ids: string[], _options: unknown, command: Command) => {
      exit(await runRestore(id, ids, command.optsWithGlobals(), io));
    });
}

export async function runRestore(
  id: string,
  ids: readonly string[],
  options: RestoreOptions,
  io: Io,
): Promise<ExitCode> {
  const start = performance.now();
  const { backups } = await openStore(options, io);
  const { overwrite, dryRun, to } = options;
  using progress = new Progress(io, { label: 'restoring', unit: 'conversations' });
  let done = 0;
  const result = await backups.restoreBackup(id, {
    ...(await readKeys(options, io)),
    overwrite,
    dryRun,
    to: to && resolve(io.workingDirectory, to),
    only: ids.length > 0 ? ids : undefined,
    signal: io.signal,
    onFile: () => {
      done += 1;
      progress.update(done);
    },
  });
  progress[Symbol.dispose]();
  if (options.json) json(io, toJson(result, dryRun));
  else print(result, dryRun, duration(performance.now() - start), io);
  const isWhole = result.items.every((item) => item.result !== 'existing');
  return isWhole ? ExitCode.ok : ExitCode.finishedWithFailures;
}

function print(result: RestoreResult, dryRun: boolean | undefined, took: string, io: Io): void {
  const { items, preRestore } = result;
  const changes = items.filter((item) => item.result !== 'unchanged');
  if (changes.length > 0) {
    const columns = [{ heading: 'CONVERSATION' }, { heading: dryRun ? 'WOULD BE' : 'IS' }];
    table(
      io.stdout,
      columns,
      changes.map((item) => [printable(nameOf(item)), WORDS[item.result]]),
    );
  }
  const countOf = (kind: RestoredItem['result']): number =>
    items.filter((item) => item.result === kind).length;
  const parts = [
    `${plural(countOf('restored') + countOf('replaced'), 'conversation')} ${dryRun ? 'would be ' : ''}restored`,
  ];
  if (preRestore) parts.push(`what was replaced is in ${preRestore.id}`);
  if (countOf('unchanged') > 0) parts.push(`${countOf('unchanged')} unchanged`);
  if (countOf('existing') > 0) parts.push(`${countOf('existing')} left, --overwrite replaces them`);
  printVerdict(io.stdout, countOf('existing') > 0 ? 'PARTLY' : 'OK', [...parts, took]);
}

function toJson({ id, items, preRestore }: RestoreResult, dryRun = false): object {
  const conversations = items.map((item) => ({
    conversation_id: nameOf(item),
    result: item.result,
  }));
  return { backup: id, dry_run: dryRun, conversations, pre_restore: preRestore?.id ?? null };
}

function nameOf({ id, name }: RestoredItem): string {
  return id ?? name;
}

const WORDS: Readonly<Record<RestoredItem['result'], string>> = {
  restored: 'restored',
  replaced: 'replaced',
  existing: 'left as it is: another state of it is there',
  unchanged: 'unchanged',
};
