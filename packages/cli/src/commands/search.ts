import type { EnhancedFileManager, SearchHit } from '@tgstore/core';
import { stringifyJson } from '@tgstore/schema';
import { Command } from 'commander';
import { toCount, toDate } from '../arguments.ts';
import { type CommandContext, examples } from '../command-context.ts';
import { describeExitCodes, ExitCode } from '../exit-codes.ts';
import { explainError } from '../explain-error.ts';
import { HitFormatter } from '../format-hits.ts';
import type { Io } from '../io.ts';
import { count, json, jsonFor, line, printable, table, writeOut } from '../output.ts';
import { type GlobalOptions, openStore } from '../store.ts';

export interface SearchCommandOptions extends GlobalOptions {
  readonly regexp?: boolean | undefined;
  readonly caseSensitive?: boolean | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  readonly sender?: string | undefined;
  readonly context?: number | undefined;
  readonly limit?: number | undefined;
  readonly count?: boolean | undefined;
  readonly processed?: boolean | undefined;
  readonly unprocessed?: boolean | undefined;
}

export function searchCommand({ io, exit }: CommandContext): Command {
  return new Command('search')
    .summary('find messages by their text')
    .description(
      'Finds the messages whose text has what is searched for, in any case, and shows each with its place.',
    )
    .argument('<text>', 'what to search for')
    .argument('[conversation...]', 'ids; all conversations where none is named')
    .option('-e, --regexp', 'the text is a regular expression, as JavaScript has them')
    .option('-s, --case-sensitive', 'tell upper case from lower case')
    .option(
      '--from <date>',
      'sent then or later: 2024-01-31, or with time; UTC without a zone',
      toDate,
    )
    .option('--to <date>', 'sent before then', toDate)
    .option('--sender <sender>', 'sent by this id, or by who has this name')
    .option('-C, --context <number>', 'how many messages before and after each; else none', toCount)
    .option('--limit <number>', 'stop after so many messages; else all are found', toCount)
    .option('--count', 'only how many, for each conversation')
    .option('--processed', 'only processed conversations')
    .option('--unprocessed', 'only unprocessed ones')
    .addHelpText(
      'before',
      examples('search "train station"', "search -e 'invoice \\d+' 12345 -C 2"),
    )
    .addHelpText('after', describeExitCodes('finishedWithFailures', 'notAStore'))
    .action(async (text: string, ids: string[], _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<SearchCommandOptions>();
      const files = await openStore(options, io);
      const unreadable: Unreadable[] = [];
      const hits = refuseMisuse(command, () => start(files, text, ids, options, unreadable, io));
      exit(await runSearch(limited(hits, options.limit), unreadable, options, io));
    });
}

/** A conversation that could not be searched. */
interface Unreadable {
  readonly id: string;
  readonly error: unknown;
}

/** What the core calls misuse of its API is a wrong argument here. */
function refuseMisuse<T>(command: Command, call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
    return command.error(`error: ${printable(error.message)}`);
  }
}

function start(
  files: EnhancedFileManager,
  text: string,
  ids: readonly string[],
  {
    regexp,
    caseSensitive,
    from,
    to,
    sender,
    context,
    processed,
    unprocessed,
  }: SearchCommandOptions,
  unreadable: Unreadable[],
  io: Io,
): AsyncGenerator<SearchHit> {
  return files.searchMessages(regexp ? new RegExp(text, caseSensitive ? 'u' : 'iu') : text, {
    ids: ids.length > 0 ? ids : undefined,
    processed: processed === unprocessed ? undefined : !!processed,
    caseSensitive,
    from,
    to,
    sender,
    context,
    signal: io.signal,
    onUnreadable: (id, error) => unreadable.push({ id, error }),
  });
}

async function* limited(
  hits: AsyncGenerator<SearchHit>,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<SearchHit> {
  let left = limit;
  if (left === 0) return;
  for await (const hit of hits) {
    yield hit;
    left -= 1;
    if (left === 0) return;
  }
}

async function runSearch(
  hits: AsyncGenerator<SearchHit>,
  unreadable: readonly Unreadable[],
  options: SearchCommandOptions,
  io: Io,
): Promise<ExitCode> {
  const print = options.count ? printCounts : options.json ? printJson : printHits;
  const found = await print(hits, unreadable, options, io);
  if (found === 0 && !options.json) io.report.hint('Nothing found');
  if (!options.json || options.events) {
    for (const { id, error } of unreadable) {
      io.report.error(explainError(error), { conversation_id: id });
    }
  }
  return unreadable.length > 0 ? ExitCode.finishedWithFailures : ExitCode.ok;
}

type Print = (
  hits: AsyncGenerator<SearchHit>,
  unreadable: readonly Unreadable[],
  options: SearchCommandOptions,
  io: Io,
) => Promise<number>;

const printHits: Print = async (hits, _unreadable, _options, io) => {
  const formatter = new HitFormatter(io.stdout);
  let found = 0;
  for await (const hit of hits) {
    found += 1;
    await writeOut(io, formatter.format(hit));
  }
  await writeOut(io, formatter.end());
  return found;
};

/** One document, written hit by hit: there may be millions. */
const printJson: Print = async (hits, unreadable, { context = 0 }, io) => {
  let found = 0;
  io.stdout.write('{"hits":[');
  for await (const hit of hits) {
    const { conversationId, conversationName, message, matches, before, after } = hit;
    const text = stringifyJson({
      conversation_id: conversationId,
      conversation_name: conversationName,
      message,
      matches,
      ...(context > 0 && { before, after }),
    });
    await writeOut(io, `${found > 0 ? ',' : ''}\n${jsonFor(io.stdout, text)}`);
    found += 1;
  }
  const rest = JSON.stringify(unreadable.map(describe));
  line(io.stdout, `\n],"unreadable":${jsonFor(io.stdout, rest)}}`);
  return found;
};

const printCounts: Print = async (hits, unreadable, options, io) => {
  const counts = new Map<string, { readonly name: string | undefined; count: number }>();
  let found = 0;
  for await (const { conversationId, conversationName } of hits) {
    found += 1;
    const known = counts.get(conversationId);
    if (known) known.count += 1;
    else counts.set(conversationId, { name: conversationName, count: 1 });
  }
  const rows = [...counts].map(([conversation_id, rest]) => ({ conversation_id, ...rest }));
  if (options.json) json(io, { found, conversations: rows, unreadable: unreadable.map(describe) });
  else if (rows.length > 0) {
    const columns = [
      { heading: 'CONVERSATION' },
      { heading: 'HITS', right: true },
      { heading: 'NAME' },
    ];
    table(
      io.stdout,
      columns,
      rows.map((row) => [
        printable(row.conversation_id),
        count(row.count),
        printable(row.name ?? ''),
      ]),
    );
  }
  return found;
};

function describe({ id, error }: Unreadable): object {
  const { code, message } = explainError(error);
  return { conversation_id: id, code, message };
}
