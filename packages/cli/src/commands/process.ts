import { batchProcessFiles, type ProcessResult } from '@tgstore/core';
import { Command } from 'commander';
import { toCount } from '../arguments.ts';
import { type CommandContext, examples } from '../command-context.ts';
import { describeExitCodes, ExitCode } from '../exit-codes.ts';
import { explainError } from '../explain-error.ts';
import type { Io } from '../io.ts';
import { duration, json, line, plural, printable } from '../output.ts';
import { Progress } from '../progress.ts';
import { runWithConversation } from '../run-command.ts';
import { type GlobalOptions, openStore } from '../store.ts';
import { printError, printVerdict } from '../verdict.ts';

export interface ProcessOptions extends GlobalOptions {
  readonly exec: string;
  readonly concurrency?: number | undefined;
  readonly dryRun?: boolean | undefined;
}

export function processCommand({ io, exit }: CommandContext): Command {
  return new Command('process')
    .summary('give each unprocessed conversation to a command')
    .description(
      'Runs a command of yours for each unprocessed conversation, with the JSON of the conversation on its ' +
        'standard input and its id in TGSTORE_CONVERSATION_ID. One whose command exits with 0 is marked ' +
        'processed, unless its file changed meanwhile; the others stay unprocessed.',
    )
    .requiredOption('--exec <command>', 'the command, run by the shell')
    .option('--concurrency <number>', 'how many at a time', toCount, 4)
    .option('-n, --dry-run', 'say which conversations are unprocessed, but run nothing')
    .addHelpText(
      'before',
      examples(
        "process --exec 'node digest.mjs out/'",
        "process --concurrency 1 --exec 'jq .metadata.name'",
      ),
    )
    .addHelpText('after', describeExitCodes('finishedWithFailures', 'notAStore'))
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<ProcessOptions>();
      if (options.concurrency === 0) command.error('error: --concurrency must be at least 1');
      exit(await runProcess(options, io));
    });
}

export async function runProcess(options: ProcessOptions, io: Io): Promise<ExitCode> {
  const start = performance.now();
  const files = await openStore(options, io);
  if (options.dryRun) {
    const ids = await files.listConversations({ processed: false });
    if (options.json) json(io, { dry_run: true, unprocessed: ids });
    else for (const id of ids) line(io.stdout, printable(id));
    return ExitCode.ok;
  }
  const { unprocessedCount: total } = await files.getConversationStats();
  const results = await runAll();
  const failed = [...results].filter(([, { status }]) => status !== 'processed');
  if (options.json) json(io, toJson(results, total));
  else printOutcome(results.size - failed.length, failed, total - results.size, start, io);
  if (io.signal.aborted) return ExitCode.interrupted;
  return failed.length > 0 ? ExitCode.finishedWithFailures : ExitCode.ok;

  async function runAll(): Promise<Map<string, ProcessResult>> {
    using progress = new Progress(io, {
      label: 'processing',
      unit: 'conversations',
      total,
      quiet: options.quiet,
    });
    return await batchProcessFiles(
      files,
      (conversation) => runWithConversation(options.exec, conversation, io),
      {
        concurrency: options.concurrency,
        signal: io.signal,
        onProgress: ({ done }) => progress.update(done),
      },
    );
  }
}

function printOutcome(
  processed: number,
  failed: readonly [string, ProcessResult][],
  left: number,
  start: number,
  io: Io,
): void {
  for (const [id, { error }] of failed) {
    printError(io, explainError(error), id);
  }
  const parts = [`${plural(processed, 'conversation')} processed`];
  if (failed.length > 0) parts.push(`${failed.length} failed, still unprocessed`);
  if (left > 0) parts.push(`${left} not begun`);
  parts.push(duration(performance.now() - start));
  const isWhole = failed.length === 0 && left <= 0;
  printVerdict(io.stdout, isWhole ? 'OK' : 'PARTLY', parts);
}

function toJson(results: Map<string, ProcessResult>, total: number): object {
  const conversations = [...results].map(([id, { status, error, durationMs }]) => ({
    id,
    status,
    duration_ms: Math.round(durationMs),
    ...(error !== undefined && { error: explainError(error) }),
  }));
  return { conversations, not_begun: total - results.size };
}
