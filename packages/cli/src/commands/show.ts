import type { ConversationFile } from '@tgstore/core';
import type { Message, Metadata } from '@tgstore/schema';
import { Command } from 'commander';
import { toCount } from '../arguments.ts';
import { type CommandContext, examples } from '../command-context.ts';
import { describeContent } from '../describe-message.ts';
import { describeExitCodes, ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { bytes, count, json, line, printable, style } from '../output.ts';
import { type GlobalOptions, openStore } from '../store.ts';

export interface ShowOptions extends GlobalOptions {
  readonly last?: number | undefined;
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}

export function showCommand({ io, exit }: CommandContext): Command {
  return new Command('show')
    .summary('show one conversation')
    .description(
      'Shows what is known of a conversation, and messages of it: the last ten, or from one on.',
    )
    .argument('<conversation>', 'its id')
    .option('--last <number>', 'how many of the last messages', toCount)
    .option('--after <message>', 'messages behind this id instead')
    .option('--limit <number>', 'how many of them', toCount)
    .addHelpText('before', examples('show 12345', 'show -1001234567890 --after 101 --limit 50'))
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

async function readMessages(
  file: ConversationFile,
  { last = 10, after, limit }: ShowOptions,
): Promise<Message[]> {
  const messages: Message[] = [];
  const fromStart = after !== undefined || limit !== undefined;
  const range = fromStart ? { after, limit: limit ?? 10 } : {};
  for await (const message of file.messages(range)) {
    messages.push(message);
    if (!fromStart && messages.length > last) messages.shift();
  }
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
