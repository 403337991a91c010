import { resolve } from 'node:path';
import type { FileManager } from '@tgstore/core';
import { type BundleItem, writeBundle } from '@tgstore/formats';
import { atomicWrite } from '@tgstore/fs';
import { Command } from 'commander';
import { type CommandContext, examples } from '../command-context.ts';
import { describeExitCodes, ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { bytes, duration, line, plural } from '../output.ts';
import { Progress } from '../progress.ts';
import { type GlobalOptions, openStore } from '../store.ts';
import { printVerdict } from '../verdict.ts';

export interface ExportOptions extends GlobalOptions {
  readonly output: string;
  readonly processed?: boolean | undefined;
  readonly unprocessed?: boolean | undefined;
  readonly force?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
}

export function exportCommand({ io, exit }: CommandContext): Command {
  return new Command('export')
    .summary('write conversations to a bundle')
    .description(
      'Writes conversations with their status to a bundle: one JSON document, which tgstore import reads back.',
    )
    .argument('[conversation...]', 'ids; all conversations where none is named')
    .requiredOption('-o, --output <file>', 'the bundle, or - for standard output')
    .option('--processed', 'only processed ones')
    .option('--unprocessed', 'only unprocessed ones')
    .option('-f, --force', 'replace the file, if it exists')
    .option('-n, --dry-run', 'say what would be written, but write nothing')
    .addHelpText(
      'before',
      examples('export -o bundle.json', 'export -o - 12345 | gzip > ann.json.gz'),
    )
    .addHelpText('after', describeExitCodes('notAStore'))
    .action(async (ids: string[], _options: unknown, command: Command) => {
      exit(await runExport(ids, command.optsWithGlobals(), io));
    });
}

export async function runExport(
  named: readonly string[],
  options: ExportOptions,
  io: Io,
): Promise<ExitCode> {
  const start = performance.now();
  const files = await openStore(options, io);
  const ids = await chooseIds(files, named, options);
  const written = options.dryRun ? { messages: 0, bytes: 0 } : await write(files, ids, options, io);
  const result = {
    output: options.output,
    dry_run: options.dryRun ?? false,
    conversations: ids.length,
    ...written,
    duration_ms: Math.round(performance.now() - start),
  };
  // the bundle itself is on standard output
  const report = options.output === '-' ? io.stderr : io.stdout;
  if (options.json) line(report, JSON.stringify(result, null, 2));
  else if (options.dryRun) {
    printVerdict(report, 'OK', [`${plural(ids.length, 'conversation')} would be written`]);
  } else {
    const parts = [
      plural(ids.length, 'conversation'),
      plural(written.messages, 'message'),
      bytes(written.bytes),
      duration(result.duration_ms),
    ];
    printVerdict(report, 'OK', parts);
  }
  return ExitCode.ok;
}

async function chooseIds(
  files: FileManager,
  named: readonly string[],
  { processed, unprocessed }: ExportOptions,
): Promise<string[]> {
  const stored = await files.listFiles({ settled: true });
  const status = processed === unprocessed ? undefined : processed ? 'processed' : 'unprocessed';
  const chosen = new Set(named);
  const ids = stored
    .filter((file) => status === undefined || file.status === status)
    .map(({ id }) => id)
    .filter((id) => chosen.size === 0 || chosen.has(id));
  // names the first that is not there
  for (const id of named) if (!ids.includes(id)) await files.readMetadata(id);
  return ids;
}

interface Written {
  messages: number;
  bytes: number;
}

async function write(
  files: FileManager,
  ids: readonly string[],
  options: ExportOptions,
  io: Io,
): Promise<Written> {
  const written = { messages: 0, bytes: 0 };
  using progress = new Progress(io, {
    label: 'exporting',
    unit: 'conversations',
    total: ids.length,
    quiet: options.quiet,
  });
  const chunks = counted(
    writeBundle(items(files, ids, written, progress, io), {
      exportedAt: new Date().toISOString(),
      conversationCount: ids.length,
    }),
    written,
  );
  if (options.output === '-') {
    for await (const chunk of chunks) await writeOut(io, chunk);
    return written;
  }
  const path = resolve(io.workingDirectory, options.output);
  await atomicWrite(path, chunks, { exclusive: !options.force, signal: io.signal });
  return written;
}

async function* items(
  files: FileManager,
  ids: readonly string[],
  written: Written,
  progress: Progress,
  io: Io,
): AsyncGenerator<BundleItem> {
  let done = 0;
  for (const id of ids) {
    io.signal.throwIfAborted();
    await using file = await files.openConversation(id);
    const { metadata, other } = await file.readHead();
    const status = file.path.endsWith('_unprocessed.json') ? 'unprocessed' : 'processed';
    const messages = async function* () {
      for await (const message of file.messages()) {
        written.messages += 1;
        yield message;
      }
    };
    yield { id, status, metadata, other, messages: messages() };
    done += 1;
    progress.update(done);
  }
}

async function* counted(chunks: AsyncIterable<string>, written: Written): AsyncGenerator<string> {
  for await (const chunk of chunks) {
    written.bytes += Buffer.byteLength(chunk);
    yield chunk;
  }
}

/** Waits while the reader of standard output is slower than we are. */
async function writeOut(io: Io, chunk: string): Promise<void> {
  if (io.stdout.write(chunk) !== false || !io.stdout.once) return;
  await new Promise<void>((resolve) => io.stdout.once?.('drain', resolve));
}
