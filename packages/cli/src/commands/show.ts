import type { ConversationFile } from '@tgstore/core';
import type { Message, Metadata } from '@tgstore/schema';
import { Command, Option } from 'commander';
import { toCount, toDate } from '../arguments.ts';
import { type CommandContext, examples } from '../command-context.ts';
import { describeContent } from '../describe-message.ts';
import { describeExitCodes, ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { bytes, count, json, line, printable, style } from '../output.ts';
import { type GlobalOptions, openStore } from '../store.ts';

export interface ShowOptions extends GlobalOptions {
  readonly last?: number | undefined;
  readonly after?: string | undefined;
  readonly before?: string | undefined;
  readonly from?: Date | undefined;
  readonly limit?: number | undefined;
}

export function showCommand({ io, exit }: CommandContext): Command {
  return new Command('show')
    .summary('show one conversation')
    .description(
      'Shows what is known of a conversation, and messages of it: the last ten, or the first ten of a range.',
    )
    .argument('<conversation>', 'its id')
    .option('--after <message>', 'only messages behind this id')
    .option('--before <message>', 'only messages before this id')
    .option('--from <date>', 'only from the first message of this time on: 2024-01-31, UTC', toDate)
    .option('--limit <number>', 'how many of the first of them; 10 with --after or --from', toCount)
    .addOption(
      new Option('--last <number>', 'how many of the last of them; 10 where nothing else is said')
        .argParser(toCount)
        .conflicts('limit'),
    )
    .addHelpText('before', examples('show 12345', 'show 12345 --before 101 --last 20'))
    .addHelpText('after', describeExitCodes('notAStore'))
    .action(async (id: string, _options: unknown, command: Command) => {
      exit(await runShow(id, command.optsWithGlobals(), io));
    });
}

export async function runShow(id: string, options: ShowOptions, io: Io): Promise<ExitCode> {
  const files = await openStore(options, io);
  await using file = await files.openConversation(id);
  const metadata = await file.readMetadata();
  const messages = await readMessages(file, options);
  if (options.json) {
    json(io, { path: file.path, metadata, messages });
    return ExitCode.ok;
  }
  printMetadata(file, metadata, io);
  for (const message of messages) line(io.stdout, describeMessage(message, io));
  return ExitCode.ok;
}

async function readMessages(file: ConversationFile, options: ShowOptions): Promise<Message[]> {
  const { after, before, from, limit, last } = options;
  const fromStart = limit !== undefined || (last === undefined && (after ?? from) !== undefined);
  const count = fromStart ? { limit: limit ?? 10 } : { last: last ?? 10 };
  const messages: Message[] = [];
  for await (const one of file.messages({ after, before, from, ...count })) messages.push(one);
  return messages;
}

function printMetadata(file: ConversationFile, metadata: Metadata, io: Io): void {
  const facts: [string, string | undefined | null][] = [
    ['conversation', metadata.conversation_id],
    ['name', metadata.name],
    ['username', metadata.username && `@${metadata.username}`],
    ['type', metadata.conversation_types?.join(', ') ?? metadata.chat_type],
    ['messages', count(metadata.message_count ?? 0)],
    ['last message', metadata.last_message_date],
    ['participants', metadata.participants && count(metadata.participants.length)],
    ['revision', metadata.revision ? `${metadata.revision}, ${metadata.last_update ?? ''}` : null],
    ['file', `${file.path} (${bytes(file.size)})`],
  ];
  for (const [name, value] of facts) {
    if (!value) continue;
    line(io.stdout, `${style('dim', name.padEnd(14), io.stdout)}${printable(String(value))}`);
  }
  line(io.stdout);
}

/** `2023-11-15 12:30  101  Ann Lee: Hi` */
function describeMessage(message: Message, io: Io): string {
  const date = (message.date ?? '').slice(0, 16).replace('T', ' ').padEnd(16);
  const sender = message.sender_name ?? message.sender_id;
  const head = `${date}  ${message.id}`;
  const who = sender === undefined || sender === null ? '' : ` ${printable(String(sender))}:`;
  return `${style('dim', head, io.stdout)} ${style('bold', who, io.stdout)} ${printable(describeContent(message))}`;
}
