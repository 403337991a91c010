import { Command } from 'commander';
import { type CommandContext, examples } from '../command-context.ts';
import { describeExitCodes, ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { bytes, count, json, line, style } from '../output.ts';
import { Progress } from '../progress.ts';
import { type GlobalOptions, openStore } from '../store.ts';

export function statsCommand({ io, exit }: CommandContext): Command {
  return new Command('stats')
    .summary('count conversations and messages')
    .description('Counts conversations by status and type, messages and bytes.')
    .addHelpText('before', examples('stats', 'stats --json'))
    .addHelpText('after', describeExitCodes('finishedWithFailures', 'notAStore'))
    .action(async (_options: unknown, command: Command) => {
      exit(await runStats(command.optsWithGlobals(), io));
    });
}

export async function runStats(options: GlobalOptions, io: Io): Promise<ExitCode> {
  const files = await openStore(options, io);
  const { processedCount, unprocessedCount, totalCount } = await files.getConversationStats();
  using progress = new Progress(io, {
    label: 'counting',
    unit: 'conversations',
    total: totalCount,
  });
  const types = new Map<string, number>();
  const sums = { seen: 0, messages: 0, bytes: 0, unreadable: 0, last: '' };
  for await (const { metadata, size } of files.listMetadata()) {
    sums.seen += 1;
    sums.bytes += size;
    progress.update(sums.seen);
    if (!metadata) {
      sums.unreadable += 1;
      continue;
    }
    sums.messages += metadata.message_count ?? 0;
    const type = metadata.chat_type ?? 'unknown';
    types.set(type, (types.get(type) ?? 0) + 1);
    if ((metadata.last_message_date ?? '') > sums.last)
      sums.last = metadata.last_message_date ?? '';
  }
  let failed = 0;
  for await (const _conversation of files.listFailed()) failed += 1;
  const result = {
    store: files.storageDir,
    conversations: totalCount,
    processed: processedCount,
    unprocessed: unprocessedCount,
    failed,
    unreadable: sums.unreadable,
    types: Object.fromEntries([...types].sort()),
    messages: sums.messages,
    bytes: sums.bytes,
    last_message_date: sums.last || null,
  };
  if (options.json) json(io, result);
  else print(result, io);
  return sums.unreadable > 0 ? ExitCode.finishedWithFailures : ExitCode.ok;
}

interface Stats {
  readonly store: string;
  readonly conversations: number;
  readonly processed: number;
  readonly unprocessed: number;
  /** Unprocessed ones whose processing failed. */
  readonly failed: number;
  readonly unreadable: number;
  readonly types: Readonly<Record<string, number>>;
  readonly messages: number;
  readonly bytes: number;
  readonly last_message_date: string | null;
}

function print(stats: Stats, io: Io): void {
  const types = Object.entries(stats.types).map(([type, number]) => `${count(number)} ${type}`);
  const facts: [string, string][] = [
    ['store', stats.store],
    ['conversations', `${count(stats.conversations)} (${types.join(', ')})`],
    ['processed', count(stats.processed)],
    ['unprocessed', count(stats.unprocessed)],
    ['messages', count(stats.messages)],
    ['size', bytes(stats.bytes)],
  ];
  if (stats.failed > 0)
    facts.splice(4, 0, ['failed', `${count(stats.failed)}; tgstore list --failed`]);
  if (stats.last_message_date) facts.push(['last message', stats.last_message_date]);
  if (stats.unreadable > 0) {
    facts.push(['unreadable', `${count(stats.unreadable)}; tgstore check says why`]);
  }
  for (const [name, value] of facts) {
    line(io.stdout, `${style('dim', name.padEnd(15), io.stdout)}${value}`);
  }
}
