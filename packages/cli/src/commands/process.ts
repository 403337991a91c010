import type { ProcessingResult } from '@tgstore/core';
import { Command } from 'commander';
import { toCount } from '../arguments.ts';
import { type CommandContext, examples } from '../command-context.ts';
import type { ProcessedConversation } from '../events.ts';
import { describeExitCodes, ExitCode } from '../exit-codes.ts';
import { explainError, toDetails } from '../explain-error.ts';
import type { Io } from '../io.ts';
import { duration, json, line, plural, printable } from '../output.ts';
import { Progress } from '../progress.ts';
import { runWithConversation } from '../run-command.ts';
import { type GlobalOptions, openStore } from '../store.ts';
import { printVerdict } from '../verdict.ts';

/** Options of commands that run a command for each conversation. */
export interface ExecOptions extends GlobalOptions {
  readonly exec: string;
  readonly changes?: boolean | undefined;
  readonly concurrency?: number | undefined;
  readonly retries?: number | undefined;
  readonly maxAttempts?: number | undefined;
}

export interface ProcessOptions extends ExecOptions {
  readonly retryFailed?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
}

export function processCommand({ io, exit }: CommandContext): Command {
  return addExecOptions(
    new Command('process')
      .summary('give each unprocessed conversation to a command')
      .description(
        'Runs a command of yours for each unprocessed conversation, with the JSON of the conversation on its ' +
          'standard input and its id in TGSTORE_CONVERSATION_ID. One whose command exits with 0 is marked ' +
          'processed; what changed meanwhile comes again. The others stay unprocessed and are tried again by a later ' +
          'run, 1 s after the first failure, 2 s after the second, up to an hour.',
      )
      .requiredOption('--exec <command>', 'the command, run by the shell'),
  )
    .option('--retry-failed', 'take those that failed before at once, however often they failed')
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

export function addExecOptions(command: Command): Command {
  return command
    .option('--changes', 'give it only messages that changed since last time, one a line')
    .option('--concurrency <number>', 'how many conversations at a time', toCount, 4)
    .option('--retries <number>', 'how many times to try again at once what fails', toCount, 0)
    .option('--max-attempts <number>', 'leave alone what failed so many times', toCount, 10);
}

export async function runProcess(options: ProcessOptions, io: Io): Promise<ExitCode> {
  const start = performance.now();
  const store = await openStore(options, io);
  if (options.dryRun) {
    const ids = await store.listConversations({ processed: false });
    if (options.json) json(io, { dry_run: true, unprocessed: ids });
    else for (const id of ids) line(io.stdout, printable(id));
    return ExitCode.ok;
  }
  const results = await runAll();
  if (options.json) json(io, toJson(results));
  else printOutcome(results, performance.now() - start, io);
  if (io.signal.aborted) return ExitCode.interrupted;
  return isWhole(results) ? ExitCode.ok : ExitCode.finishedWithFailures;

  async function runAll(): Promise<Map<string, ProcessingResult<void>>> {
    const { exec: command, changes: changesOnly, ...processing } = options;
    using progress = new Progress(io, { label: 'processing', unit: 'conversations' });
    return await store.processAllUnprocessed<void>(
      (conversation, context) =>
        runWithConversation(conversation, context, { command, changesOnly, io }),
      {
        ...processing,
        drainSignal: io.signal,
        signal: io.stopSignal,
        onProgress: ({ id, result, done, total }) => {
          io.report.tell(toEvent(id, result));
          progress.update(done, total);
        },
      },
    );
  }
}

type Status = ProcessingResult<void>['status'];
type Results = ReadonlyMap<string, ProcessingResult<void>>;

function printOutcome(results: Results, durationMs: number, io: Io): void {
  for (const [id, { error }] of results) {
    // programs were told when it happened
    if (error === undefined || io.report.isForEvents) continue;
    io.report.error(explainError(error), { conversation_id: id });
  }
  const counts = countStatuses(results);
  const parts = [`${plural(counts.get('processed') ?? 0, 'conversation')} processed`];
  for (const [status, words] of OTHERS) {
    const number = counts.get(status);
    if (number) parts.push(`${number} ${words}`);
  }
  printVerdict(io.stdout, isWhole(results) ? 'OK' : 'PARTLY', [...parts, duration(durationMs)]);
  if (counts.has('failed') || counts.has('exhausted') || counts.has('waiting')) {
    io.report.hint(
      'tgstore list --failed shows them; tgstore process --retry-failed takes them now',
    );
  }
}

function countStatuses(results: Results): Map<Status, number> {
  const counts = new Map<Status, number>();
  for (const { status } of results.values()) counts.set(status, (counts.get(status) ?? 0) + 1);
  return counts;
}

/** What became of a conversation, as programs are told. */
export function toEvent(
  id: string,
  { status, error, attempts, durationMs }: ProcessingResult<void>,
): ProcessedConversation {
  return {
    event: 'conversation',
    conversation_id: id,
    status,
    attempts,
    duration_ms: Math.round(durationMs),
    ...(error !== undefined && { error: toDetails(explainError(error)) }),
  };
}

function toJson(results: Results): object {
  const conversations = [...results].map(([id, result]) => {
    const { event: _event, conversation_id: _id, ...rest } = toEvent(id, result);
    return { id, ...rest };
  });
  return { conversations, counts: Object.fromEntries(countStatuses(results)) };
}

/** Whether nothing is left but what others have in hand. */
function isWhole(results: Results): boolean {
  return [...results.values()].every(({ status }) => DONE.has(status));
}

const DONE: ReadonlySet<Status> = new Set(['processed', 'claimed', 'gone']);
const OTHERS: readonly (readonly [Status, string])[] = [
  ['failed', 'failed, still unprocessed'],
  ['changed', 'changed meanwhile, still unprocessed'],
  ['waiting', 'failed before, wait for their next attempt'],
  ['exhausted', 'failed too often, left alone'],
  ['claimed', 'in the hands of another process'],
  ['stopped', 'not begun or stopped'],
  ['gone', 'done or deleted by others'],
];
