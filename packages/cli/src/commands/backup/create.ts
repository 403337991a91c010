import type { CreatedBackup } from '@tgstore/core';
import { Command } from 'commander';
import { type CommandContext, examples } from '../../command-context.ts';
import { describeExitCodes, ExitCode } from '../../exit-codes.ts';
import type { Io } from '../../io.ts';
import { bytes, duration, json, plural } from '../../output.ts';
import { Progress } from '../../progress.ts';
import { openStore } from '../../store.ts';
import { printVerdict } from '../../verdict.ts';
import { addBackupDir, type BackupOptions, readKeys } from './open.ts';

export interface CreateOptions extends BackupOptions {
  readonly tag: string;
  readonly automatic?: boolean | undefined;
  readonly zstd?: boolean | undefined;
  readonly recipient?: string[] | undefined;
  readonly passphraseFile?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

export function createBackupCommand({ io, exit }: CommandContext): Command {
  return addBackupDir(new Command('create'))
    .summary('make a backup')
    .description(
      'Archives every conversation as it is now, while others may write, and reads the archive again before it gets its name.',
    )
    .option('--tag <tag>', 'what it is for, a part of its name: up to 40 of a-z, 0-9, -', 'manual')
    .option('--automatic', 'no tag: backup prune may remove it when newer ones are there')
    .option('--zstd', 'compress with zstd (Node 22.15 or later)')
    .option('--recipient <key...>', 'encrypt for these public keys of age (age1…)')
    .option('--passphrase-file <file>', 'encrypt by the passphrase in the first line of a file')
    .option('-n, --dry-run', 'say what would be archived, but write nothing')
    .addHelpText('before', examples('backup create --tag pre-update', 'backup create --automatic'))
    .addHelpText('after', describeExitCodes('notAStore'))
    .action(async (_options: unknown, command: Command) => {
      exit(await runCreate(command.optsWithGlobals(), io));
    });
}

export async function runCreate(options: CreateOptions, io: Io): Promise<ExitCode> {
  const start = performance.now();
  const store = await openStore(options, io);
  const { backups } = store;
  const { totalCount } = await store.getConversationStats();
  if (options.dryRun) {
    if (options.json) json(io, { dry_run: true, conversations: totalCount });
    else printVerdict(io.stdout, 'OK', [`${plural(totalCount, 'conversation')} would be archived`]);
    return ExitCode.ok;
  }
  const { automatic, zstd, recipient: recipients } = options;
  const { passphrase } = await readKeys(options, io);
  using progress = new Progress(io, {
    label: 'archiving',
    unit: 'conversations',
    total: totalCount,
  });
  let done = 0;
  const created = await backups.createBackup({
    tag: automatic ? undefined : options.tag,
    compression: zstd ? 'zstd' : 'gzip',
    recipients,
    passphrase,
    signal: io.signal,
    onFile: () => {
      done += 1;
      progress.update(done);
    },
  });
  progress[Symbol.dispose]();
  const durationMs = Math.round(performance.now() - start);
  if (options.json) json(io, { ...created, duration_ms: durationMs });
  else printVerdict(io.stdout, 'OK', [...describe(created), duration(durationMs)]);
  return ExitCode.ok;
}

/** `20261123T014500Z_manual · 22 conversations · 20,023 messages · 3.1 MB` */
export function describe({
  id,
  counts,
  size,
}: Pick<CreatedBackup, 'id' | 'counts' | 'size'>): string[] {
  const { files, messages } = counts;
  return [id, plural(files, 'conversation'), plural(messages, 'message'), bytes(size)];
}
