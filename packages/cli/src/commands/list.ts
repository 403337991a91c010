import type { EnhancedFileManager, FailedConversation, ListedConversation } from '@tgstore/core';
import { Command } from 'commander';
import { type CommandContext, examples } from '../command-context.ts';
import { describeExitCodes, ExitCode } from '../exit-codes.ts';
import { explainError } from '../explain-error.ts';
import type { Io } from '../io.ts';
import { count, json, line, printable, table } from '../output.ts';
import { type GlobalOptions, openStore } from '../store.ts';

export interface ListOptions extends GlobalOptions {
  readonly processed?: boolean | undefined;
  readonly unprocessed?: boolean | undefined;
  readonly ids?: boolean | undefined;
  readonly failed?: boolean | undefined;
}

export function listCommand({ io, exit }: CommandContext): Command {
  return new Command('list')
    .summary('show the conversations')
    .description('Shows the conversations of the store, in the order of their ids.')
    .option('--processed', 'only processed ones')
    .option('--unprocessed', 'only unprocessed ones')
    .option('--failed', 'only those whose processing failed, and how')
    .option('--ids', 'only the ids, one a line; opens no file')
    .addHelpText('before', examples('list', 'list --unprocessed --ids'))
    .addHelpText('after', describeExitCodes('finishedWithFailures', 'notAStore'))
    .action(async (_options: unknown, command: Command) => {
      exit(await runList(command.optsWithGlobals(), io));
    });
}

export async function runList(options: ListOptions, io: Io): Promise<ExitCode> {
  const files = await openStore(options, io);
  if (options.failed) return await showFailed(files, options, io);
  const processed = options.processed === options.unprocessed ? undefined : !!options.processed;
  if (options.ids) {
    const ids = await files.listConversations({ processed });
    if (options.json) json(io, ids);
    else for (const id of ids) line(io.stdout, printable(id));
    return ExitCode.ok;
  }
  const conversations: ListedConversation[] = [];
  for await (const conversation of files.listMetadata({ processed }))
    conversations.push(conversation);
  if (options.json) json(io, conversations.map(toJson));
  else printList(conversations, io);
  const isComplete = conversations.every(({ error }) => error === undefined);
  return isComplete ? ExitCode.ok : ExitCode.finishedWithFailures;
}

async function showFailed(
  files: EnhancedFileManager,
  { ids, json: asJson }: ListOptions,
  io: Io,
): Promise<ExitCode> {
  const failed: FailedConversation[] = [];
  for await (const conversation of files.listFailed()) failed.push(conversation);
  if (asJson) json(io, ids ? failed.map(({ id }) => id) : failed);
  else if (ids) for (const { id } of failed) line(io.stdout, printable(id));
  else if (failed.length === 0) io.report.hint('No conversation has failed');
  else printFailed(failed, io);
  return ExitCode.ok;
}

function printFailed(failed: readonly FailedConversation[], io: Io): void {
  const columns = [
    { heading: 'CONVERSATION' },
    { heading: 'ATTEMPTS', right: true, drop: 1 },
    { heading: 'NEXT ATTEMPT', drop: 2 },
    { heading: 'ERROR' },
  ];
  const rows = failed.map(({ id, attempts, next_attempt, error }) => [
    printable(id),
    count(attempts),
    next_attempt.slice(0, 19).replace('T', ' '),
    printable(error.message),
  ]);
  table(io.stdout, columns, rows);
}

function printList(conversations: readonly ListedConversation[], io: Io): void {
  if (conversations.length === 0) {
    io.report.hint('No conversations');
    return;
  }
  const columns = [
    { heading: 'CONVERSATION' },
    { heading: 'TYPE', drop: 2 },
    { heading: 'STATUS' },
    { heading: 'MESSAGES', right: true, drop: 3 },
    { heading: 'LAST', drop: 1 },
    { heading: 'NAME' },
  ];
  table(io.stdout, columns, conversations.map(toRow));
  for (const { error } of conversations) {
    if (error !== undefined) io.report.error(explainError(error));
  }
}

function toRow({ file, metadata }: ListedConversation): string[] {
  return [
    printable(file.id),
    printable(metadata?.chat_type ?? ''),
    file.status,
    metadata ? count(metadata.message_count ?? 0) : '?',
    metadata?.last_message_date?.slice(0, 10) ?? '',
    metadata ? printable(metadata.name ?? '(no name)') : '(unreadable)',
  ];
}

function toJson({ file, metadata, error }: ListedConversation): object {
  const common = { conversation_id: file.id, status: file.status, path: file.path };
  if (error === undefined) return { ...metadata, ...common };
  const { code, message } = explainError(error);
  return { ...common, error: { code, message } };
}
