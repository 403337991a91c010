import type { BackupManager, VerifiedBackup } from '@tgstore/core';
import { Command } from 'commander';
import { type CommandContext, examples } from '../../command-context.ts';
import { describeExitCodes, ExitCode } from '../../exit-codes.ts';
import { type ExplainedError, explainError } from '../../explain-error.ts';
import type { Io } from '../../io.ts';
import { duration, json, plural } from '../../output.ts';
import { Progress } from '../../progress.ts';
import { openStore } from '../../store.ts';
import { printVerdict } from '../../verdict.ts';
import { describe } from './create.ts';
import { addBackupDir, addKeys, type BackupOptions, type KeyOptions, readKeys } from './open.ts';

export interface VerifyOptions extends BackupOptions, KeyOptions {
  readonly all?: boolean | undefined;
}

export function verifyBackupCommand({ io, exit }: CommandContext): Command {
  return addKeys(addBackupDir(new Command('verify')))
    .summary('read a backup and prove it')
    .description('Reads whole archives, compares every file with the manifest, and notes when.')
    .argument('[backup...]', 'ids, or what only they begin with')
    .option('--all', 'all backups')
    .addHelpText('before', examples('backup verify 20261123', 'backup verify --all'))
    .addHelpText('after', describeExitCodes('problemsFound', 'wrongKey'))
    .action(async (ids: string[], options: VerifyOptions, command: Command) => {
      if (ids.length > 0 === !!options.all) command.error('error: name backups, or say --all');
      exit(await runVerify(ids, command.optsWithGlobals(), io));
    });
}

interface Failure extends ExplainedError {
  readonly id: string;
}

export async function runVerify(
  named: readonly string[],
  options: VerifyOptions,
  io: Io,
): Promise<ExitCode> {
  const start = performance.now();
  const { backups } = await openStore(options, io);
  const list = options.all ? (await backups.listBackups()).backups : [];
  const ids = options.all ? list.map(({ id }) => id) : named;
  const keys = await readKeys(options, io);
  const verified: VerifiedBackup[] = [];
  const failed: Failure[] = [];
  for (const id of ids) {
    io.signal.throwIfAborted();
    try {
      verified.push(await verifyOne(backups, id, keys, io));
    } catch (error) {
      if (io.signal.aborted) throw error;
      failed.push({ ...explainError(error), id });
    }
  }
  if (options.json) {
    json(io, { verified, failed: failed.map(({ id, code, message }) => ({ id, code, message })) });
  } else {
    for (const { id, ...error } of failed) io.report.error(error, { backup: id });
    const took = duration(performance.now() - start);
    const [only] = verified;
    const what =
      verified.length === 1 && only ? describe(only) : [plural(verified.length, 'backup')];
    const parts = failed.length > 0 ? [...what, `${failed.length} failed`] : what;
    printVerdict(io.stdout, failed.length > 0 ? 'PROBLEMS' : 'OK', [...parts, took]);
  }
  return exitCodeOf(failed);
}

async function verifyOne(
  backups: BackupManager,
  id: string,
  keys: Awaited<ReturnType<typeof readKeys>>,
  io: Io,
): Promise<VerifiedBackup> {
  using progress = new Progress(io, {
    label: 'verifying',
    subject: id,
    unit: 'bytes',
  });
  const onProgress = (bytes: number): void => progress.update(bytes);
  return await backups.verifyBackup(id, { ...keys, signal: io.signal, onProgress });
}

function exitCodeOf(failed: readonly Failure[]): ExitCode {
  const [first] = failed;
  if (!first) return ExitCode.ok;
  const isSame = failed.every(({ exitCode }) => exitCode === first.exitCode);
  return isSame && first.exitCode !== ExitCode.ok ? first.exitCode : ExitCode.problemsFound;
}
