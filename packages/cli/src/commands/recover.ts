import { relative } from 'node:path';
import type { RecoveryAction } from '@tgstore/core';
import { Command } from 'commander';
import { type CommandContext, examples } from '../command-context.ts';
import { describeExitCodes, ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { duration, json, plural } from '../output.ts';
import { printProblem } from '../problem.ts';
import { type GlobalOptions, openStore } from '../store.ts';
import { printVerdict } from '../verdict.ts';

export interface RecoverOptions extends GlobalOptions {
  readonly dryRun?: boolean | undefined;
}

export function recoverCommand({ io, exit }: CommandContext): Command {
  return new Command('recover')
    .summary('mend what can be mended')
    .description(
      'Reads every conversation whole and mends each problem that needs no decision of yours. What is replaced or moved away ' +
        'is kept in .tgstore/quarantine. What changed within the last minute is left alone.',
    )
    .option('-n, --dry-run', 'say what would be done, but do nothing')
    .addHelpText('before', examples('recover --dry-run', 'recover'))
    .addHelpText('after', describeExitCodes('notAStore', 'locked', 'problemsFound'))
    .action(async (_options: unknown, command: Command) => {
      exit(await runRecover(command.optsWithGlobals(), io));
    });
}

export async function runRecover(options: RecoverOptions, io: Io): Promise<ExitCode> {
  const start = performance.now();
  const store = await openStore(options, io);
  // fails where there is no store, before anything is made
  await store.listConversations();
  const { dryRun } = options;
  const { actions, mended, left } = await store.recover({
    dryRun,
    signal: io.signal,
    onAction: (action) => {
      if (!options.json) printAction(action, store.storageDir, io);
    },
  });
  const durationMs = performance.now() - start;
  if (options.json) {
    const duration_ms = Math.round(durationMs);
    json(io, {
      store: store.storageDir,
      dry_run: dryRun ?? false,
      mended,
      left,
      actions,
      duration_ms,
    });
  } else {
    const parts = [`${plural(mended, 'problem')} ${dryRun ? 'would be mended' : 'mended'}`];
    if (left > 0) parts.push(`${left} left for you`);
    printVerdict(io.stdout, left > 0 ? 'PROBLEMS' : 'OK', [...parts, duration(durationMs)]);
    if (dryRun) {
      io.report.hint('Dry run: nothing was changed. The same command without --dry-run does it.');
    }
  }
  return left > 0 ? ExitCode.problemsFound : ExitCode.ok;
}

function printAction(
  { problem, status, message, quarantined }: RecoveryAction,
  store: string,
  io: Io,
): void {
  const words = { mended: message, 'would-mend': `would ${message}`, left: `left: ${message}` };
  const kept = quarantined ? `; the file as it was: ${relative(store, quarantined)}` : '';
  printProblem(problem, store, io, words[status] + kept);
}
