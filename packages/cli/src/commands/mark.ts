import { Command } from 'commander';
import { type CommandContext, examples } from '../command-context.ts';
import type { ErrorDetails } from '../events.ts';
import { describeExitCodes, ExitCode } from '../exit-codes.ts';
import { explainError, toDetails } from '../explain-error.ts';
import type { Io } from '../io.ts';
import { json, plural } from '../output.ts';
import { type GlobalOptions, openStore } from '../store.ts';
import { printVerdict } from '../verdict.ts';

export interface MarkOptions extends GlobalOptions {
  readonly processed?: boolean | undefined;
  readonly unprocessed?: boolean | undefined;
  readonly all?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
}

export function markCommand({ io, exit }: CommandContext): Command {
  return new Command('mark')
    .summary('mark conversations as processed or unprocessed')
    .description('Marks conversations as processed or unprocessed, by renaming their files.')
    .argument('[conversation...]', 'their ids')
    .option('--processed', 'mark as processed')
    .option('--unprocessed', 'mark as unprocessed, to have them processed again')
    .option('--all', 'all conversations of the store')
    .option('-n, --dry-run', 'say what would change, but change nothing')
    .addHelpText(
      'before',
      examples('mark --processed 12345 67890', 'mark --unprocessed -1001234567890'),
    )
    .addHelpText('after', describeExitCodes('finishedWithFailures', 'notAStore', 'locked'))
    .action(async (ids: string[], options: MarkOptions, command: Command) => {
      if (!options.processed === !options.unprocessed) {
        command.error('error: say either --processed or --unprocessed');
      }
      if (ids.length > 0 === !!options.all)
        command.error('error: name conversations, or say --all');
      exit(await runMark(ids, command.optsWithGlobals(), io));
    });
}

interface MarkResult {
  readonly status: 'processed' | 'unprocessed';
  readonly dry_run: boolean;
  readonly marked: string[];
  readonly unchanged: string[];
  readonly failed: (ErrorDetails & { readonly id: string })[];
}

export async function runMark(
  named: readonly string[],
  options: MarkOptions,
  io: Io,
): Promise<ExitCode> {
  const files = await openStore(options, io);
  const status = options.processed ? 'processed' : 'unprocessed';
  const stored = new Map((await files.listFiles({ settled: true })).map((file) => [file.id, file]));
  const result: MarkResult = {
    status,
    dry_run: options.dryRun ?? false,
    marked: [],
    unchanged: [],
    failed: [],
  };
  const mark = async (id: string): Promise<unknown> => {
    if (options.dryRun && stored.has(id)) return id;
    return status === 'processed' ? files.markAsProcessed(id) : files.markAsUnprocessed(id);
  };
  for (const id of options.all ? [...stored.keys()] : named) {
    if (stored.get(id)?.status === status) {
      result.unchanged.push(id);
      continue;
    }
    try {
      await mark(id);
      result.marked.push(id);
    } catch (error) {
      result.failed.push({ id, ...toDetails(explainError(error)) });
    }
  }
  if (options.json) json(io, result);
  else print(result, io);
  return exitCodeOf(result);
}

function exitCodeOf({ marked, failed }: MarkResult): ExitCode {
  if (failed.length === 0) return ExitCode.ok;
  const isLocked = marked.length === 0 && failed.every(({ code }) => code === 'LOCK_TIMEOUT');
  return isLocked ? ExitCode.locked : ExitCode.finishedWithFailures;
}

function print({ status, dry_run, marked, unchanged, failed }: MarkResult, io: Io): void {
  for (const { id, ...error } of failed) io.report.error(error, { conversation_id: id });
  const will = dry_run ? 'would be marked' : 'marked';
  const parts = [`${plural(marked.length, 'conversation')} ${will} ${status}`];
  if (unchanged.length > 0) parts.push(`${unchanged.length} already so`);
  if (failed.length > 0) parts.push(`${failed.length} failed`);
  printVerdict(io.stdout, failed.length > 0 ? 'PARTLY' : 'OK', parts);
}
