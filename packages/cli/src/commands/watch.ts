import { resolve } from 'node:path';
import { type EnhancedFileManager, watchFolder } from '@tgstore/core';
import { describeReport } from '@tgstore/formats';
import { Command } from 'commander';
import { type CommandContext, examples } from '../command-context.ts';
import { describeExitCodes, ExitCode } from '../exit-codes.ts';
import { explainError } from '../explain-error.ts';
import type { Io } from '../io.ts';
import { count, duration, line, plural, printable, style } from '../output.ts';
import { runWithConversation } from '../run-command.ts';
import { openStore } from '../store.ts';
import { printError, printVerdict } from '../verdict.ts';
import { addExecOptions, type ExecOptions } from './process.ts';

export interface WatchOptions extends Omit<ExecOptions, 'exec'> {
  readonly exec?: string | undefined;
  readonly import?: string | undefined;
  readonly timeZone?: string | undefined;
}

export function watchCommand({ io, exit }: CommandContext): Command {
  return addExecOptions(
    new Command('watch')
      .summary('process and import as things come')
      .description(
        'Stays, and runs a command for each conversation that is or becomes unprocessed, as tgstore process does; or imports ' +
          'each finished export in a folder: one whose size has settled and whose JSON is closed. Ctrl-C ends it.',
      )
      .option('--exec <command>', 'the command, run by the shell')
      .option('--import <directory>', 'a directory in which exports are put; they stay there')
      .option('--time-zone <zone>', 'zone of the exporting computer, for exports before June 2022'),
  )
    .addHelpText(
      'before',
      examples("watch --exec 'node digest.mjs out/'", 'watch --import ~/Downloads/exports'),
    )
    .addHelpText('after', describeExitCodes())
    .action(async (options: WatchOptions, command: Command) => {
      if (options.exec === undefined && options.import === undefined) {
        command.error('error: say --exec or --import');
      }
      if (options.concurrency === 0) command.error('error: --concurrency must be at least 1');
      exit(await runWatch(command.optsWithGlobals(), io));
    });
}

export async function runWatch(options: WatchOptions, io: Io): Promise<ExitCode> {
  const store = await openStore(options, io);
  if (!options.quiet) line(io.stderr, `watching ${describe(options, store, io)}; Ctrl-C ends it`);
  await Promise.all([
    options.exec !== undefined && processAsTheyCome(store, options.exec, options, io),
    options.import !== undefined && importAsTheyCome(store, options.import, options, io),
  ]);
  return ExitCode.interrupted;
}

function describe(
  { exec, import: folder }: WatchOptions,
  { storageDir }: EnhancedFileManager,
  io: Io,
): string {
  const watched = [
    ...(exec === undefined ? [] : [storageDir]),
    ...(folder === undefined ? [] : [resolve(io.workingDirectory, folder)]),
  ];
  return watched.map(printable).join(' and ');
}

async function processAsTheyCome(
  store: EnhancedFileManager,
  command: string,
  { changes: changesOnly, json: asJson, ...options }: WatchOptions,
  io: Io,
): Promise<void> {
  await store.processAsTheyCome(
    (conversation, context) =>
      runWithConversation(conversation, context, { command, changesOnly, io }),
    {
      ...options,
      drainSignal: io.signal,
      signal: io.stopSignal,
      onResult: (id, { status, error, durationMs }) => {
        if (asJson) {
          const explained = error === undefined ? {} : { error: explainError(error) };
          tell(io, {
            type: 'processed',
            id,
            status,
            duration_ms: Math.round(durationMs),
            ...explained,
          });
        } else if (error !== undefined) printError(io, explainError(error), id);
        else if (status === 'processed') {
          printVerdict(io.stdout, 'OK', [`processed ${printable(id)}`, duration(durationMs)]);
        }
      },
    },
  );
}

/** One export that fails does not stop the others. */
async function importAsTheyCome(
  store: EnhancedFileManager,
  folder: string,
  { timeZone, json: asJson }: WatchOptions,
  io: Io,
): Promise<void> {
  const directory = resolve(io.workingDirectory, folder);
  for await (const { path } of watchFolder(directory, { signal: io.signal })) {
    try {
      const imported = await store.importConversationsFromJson(path, {
        timeZone,
        signal: io.signal,
      });
      const sums = { added: 0, edited: 0 };
      for (const { added, edited } of imported.changed.values()) {
        sums.added += added;
        sums.edited += edited;
      }
      if (asJson) {
        tell(io, {
          type: 'imported',
          source: path,
          conversations: imported.conversations,
          ...sums,
        });
        continue;
      }
      for (const text of describeReport(imported.report)) {
        line(io.stderr, `${style('yellow', 'note', io.stderr)}  ${printable(text)}`);
      }
      printVerdict(io.stdout, 'OK', [
        `imported ${printable(path)}`,
        plural(imported.conversations, 'conversation'),
        `+${count(sums.added)} new`,
        `~${count(sums.edited)} edited`,
      ]);
    } catch (error) {
      if (io.signal.aborted) return;
      const { message, ...explained } = explainError(error);
      if (asJson) tell(io, { type: 'error', source: path, message, ...explained });
      else printError(io, { ...explained, message }, message.includes(path) ? undefined : path);
    }
  }
}

/** One event a line. */
function tell(io: Io, event: object): void {
  line(io.stdout, JSON.stringify(event));
}
