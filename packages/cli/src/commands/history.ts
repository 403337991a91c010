import type { EnhancedFileManager, HistoryEntry } from '@tgstore/core';
import type { Message } from '@tgstore/schema';
import { Command } from 'commander';
import { type CommandContext, examples } from '../command-context.ts';
import { describeContent } from '../describe-message.ts';
import { describeExitCodes, ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { json, line, printable, style } from '../output.ts';
import { type GlobalOptions, openStore } from '../store.ts';

export function historyCommand({ io, exit }: CommandContext): Command {
  return new Command('history')
    .summary('show what was edited or deleted')
    .description(
      'Shows which messages of a conversation were edited or deleted, when the store learned of it, and what they said before; ' +
        'of one message also when it was added, and what it says now.',
    )
    .argument('<conversation>', 'its id')
    .argument('[message]', 'the id of a message')
    .addHelpText('before', examples('history 12345', 'history 12345 101'))
    .addHelpText('after', describeExitCodes('notAStore'))
    .action(
      async (id: string, message: string | undefined, _options: unknown, command: Command) => {
        exit(await runHistory(id, message, command.optsWithGlobals(), io));
      },
    );
}

export async function runHistory(
  id: string,
  messageId: string | undefined,
  options: GlobalOptions,
  io: Io,
): Promise<ExitCode> {
  const store = await openStore(options, io);
  const entries: HistoryEntry[] = [];
  for await (const entry of store.history(id, messageId)) entries.push(entry);
  const now = messageId === undefined ? undefined : await findMessage(store, id, messageId);
  if (options.json) json(io, { conversation_id: id, entries, ...(now && { now }) });
  else print();
  return ExitCode.ok;

  function print(): void {
    for (const entry of entries) printEntry(entry, io);
    if (now) line(io.stdout, `${style('dim', 'now'.padEnd(WIDTH), io.stdout)}${describe(now)}`);
    if (entries.length > 0 || now) return;
    const what =
      messageId === undefined ? 'was edited or deleted' : `is known of message ${messageId}`;
    io.report.hint(`Nothing ${what} in conversation ${printable(id)}`);
  }
}

async function findMessage(
  store: EnhancedFileManager,
  id: string,
  messageId: string,
): Promise<Message | undefined> {
  await using file = await store.openConversation(id);
  return await file.findMessage(messageId);
}

/** `2026-11-23 10:27:27  revision 2 (append)  message 101 edited`, and below it what it said before. */
function printEntry(
  { at, revision, operation, messageId, kind, before }: HistoryEntry,
  io: Io,
): void {
  const when = at.slice(0, 19).replace('T', ' ');
  const what = style('bold', `message ${printable(messageId)} ${kind}`, io.stdout);
  line(
    io.stdout,
    `${when}  ${what}  ${style('dim', `revision ${revision}, ${operation}`, io.stdout)}`,
  );
  if (before)
    line(io.stdout, `${style('dim', 'before'.padEnd(WIDTH), io.stdout)}${describe(before)}`);
}

function describe(message: Message): string {
  return printable(describeContent(message)) || '(no text)';
}

const WIDTH = 8;
