import type { MigratedConversation } from '@tgstore/core';
import { Command } from 'commander';
import { type CommandContext, examples } from '../command-context.ts';
import { describeExitCodes, ExitCode } from '../exit-codes.ts';
import { explainError, toDetails } from '../explain-error.ts';
import type { Io } from '../io.ts';
import { duration, json, line, plural, printable, style } from '../output.ts';
import { type GlobalOptions, openStore } from '../store.ts';
import { printVerdict } from '../verdict.ts';

export interface MigrateOptions extends GlobalOptions {
  readonly dryRun?: boolean | undefined;
}

export function migrateCommand({ io, exit }: CommandContext): Command {
  return new Command('migrate')
    .summary('bring an old store to today’s names and layout')
    .description(
      'Gives every file that another program wrote the name, the spelling and the layout of tgstore. Messages and statuses ' +
        'stay. Nobody needs it: each file is migrated at its next change anyway.',
    )
    .option('-n, --dry-run', 'say what would change, but change nothing')
    .addHelpText('before', examples('migrate --dry-run', 'migrate'))
    .addHelpText('after', describeExitCodes('finishedWithFailures', 'notAStore', 'locked'))
    .action(async (_options: unknown, command: Command) => {
      exit(await runMigrate(command.optsWithGlobals(), io));
    });
}

export async function runMigrate(options: MigrateOptions, io: Io): Promise<ExitCode> {
  const start = performance.now();
  const store = await openStore(options, io);
  const { dryRun = false } = options;
  const { migrated, movedLocks, failed } = await store.migrate({
    dryRun,
    signal: io.signal,
    onConversation: (conversation) => {
      if (!options.json) print(conversation, io);
    },
  });
  const durationMs = performance.now() - start;
  const failures = failed.map(({ id, error }) => ({ id, ...toDetails(explainError(error)) }));
  if (options.json) {
    const duration_ms = Math.round(durationMs);
    json(io, { dry_run: dryRun, migrated, moved_locks: movedLocks, failed: failures, duration_ms });
  } else {
    for (const { id, ...error } of failures) io.report.error(error, { conversation_id: id });
    const would = dryRun ? 'would be ' : '';
    const parts = [`${plural(migrated.length, 'conversation')} ${would}migrated`];
    if (movedLocks.length > 0)
      parts.push(`${plural(movedLocks.length, 'lock file')} ${would}moved away`);
    if (failures.length > 0) parts.push(`${failures.length} failed`);
    printVerdict(io.stdout, failures.length > 0 ? 'PARTLY' : 'OK', [
      ...parts,
      duration(durationMs),
    ]);
  }
  return failures.length > 0 ? ExitCode.finishedWithFailures : ExitCode.ok;
}

function print({ id, from, to, renamedKeys }: MigratedConversation, io: Io): void {
  const names = from === to ? from : `${from} → ${to}`;
  line(io.stdout, `${style('bold', printable(id), io.stdout)}  ${printable(names)}`);
  const keys = renamedKeys.map(([old, ours]) => `${old} → ${ours}`).join('; ');
  if (keys) line(io.stdout, `  ${style('dim', printable(keys), io.stdout)}`);
}
