import { resolve } from 'node:path';
import {
  chooseForExport,
  type EnhancedFileManager,
  type ExportFileOptions,
  streamBundle,
} from '@tgstore/core';
import { Command } from 'commander';
import { type CommandContext, examples } from '../command-context.ts';
import { describeExitCodes, ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { bytes, duration, json, jsonFor, plural, writeOut } from '../output.ts';
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
  const { processed, unprocessed } = options;
  const chosen = { processed: processed === unprocessed ? undefined : !!processed, ids: named };
  const ids = await chooseForExport(files, chosen);
  const written = options.dryRun
    ? { messages: 0, bytes: 0 }
    : await write(files, chosen, options, io);
  const result = {
    output: options.output,
    dry_run: options.dryRun ?? false,
    conversations: ids.length,
    ...written,
    duration_ms: Math.round(performance.now() - start),
  };
  const parts = options.dryRun
    ? [`${plural(ids.length, 'conversation')} would be written`]
    : [
        plural(ids.length, 'conversation'),
        plural(written.messages, 'message'),
        bytes(written.bytes),
        duration(result.duration_ms),
      ];
  // standard output has the bundle itself
  if (options.output === '-') io.report.result(result, ['OK', ...parts]);
  else if (options.json) json(io, result);
  else printVerdict(io.stdout, 'OK', parts);
  return ExitCode.ok;
}

interface Written {
  readonly messages: number;
  readonly bytes: number;
}

async function write(
  files: EnhancedFileManager,
  chosen: ExportFileOptions,
  { output, force }: ExportOptions,
  io: Io,
): Promise<Written> {
  using progress = new Progress(io, { label: 'exporting', unit: 'conversations' });
  const options = {
    ...chosen,
    overwrite: force,
    signal: io.signal,
    onProgress: ({ done, total }: { done: number; total: number }) => progress.update(done, total),
  };
  if (output !== '-') {
    return await files.exportConversationsToJson(resolve(io.workingDirectory, output), options);
  }
  const bundle = await streamBundle(files, options);
  for await (const piece of bundle) await writeOut(io, jsonFor(io.stdout, piece));
  return bundle.written;
}
