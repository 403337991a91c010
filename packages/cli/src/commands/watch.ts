import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type EnhancedFileManager, watchFolder } from '@tgstore/core';
import { describeReport } from '@tgstore/formats';
import { Command } from 'commander';
import { type CommandContext, examples } from '../command-context.ts';
import { type Event, toLine } from '../events.ts';
import { describeExitCodes, ExitCode } from '../exit-codes.ts';
import { explainError } from '../explain-error.ts';
import type { Io } from '../io.ts';
import { count, duration, jsonFor, line, plural, printable } from '../output.ts';
import { runWithConversation } from '../run-command.ts';
import { openStore } from '../store.ts';
import { printVerdict } from '../verdict.ts';
import { addExecOptions, type ExecOptions, toEvent } from './process.ts';

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
  const watching = namePlaces(options, store, io);
  io.report.tell({ event: 'ready', watching });
  if (!io.report.isForPrograms) {
    io.report.hint(`watching ${watching.map(printable).join(' and ')}; Ctrl-C ends it`);
  }
  if (options.exec !== undefined && !existsSync(store.storageDir)) {
    io.report.note(`${store.storageDir} is not there yet: waiting for it`);
  }
  await Promise.all([
    options.exec !== undefined && processAsTheyCome(store, options.exec, options, io),
    options.import !== undefined && importAsTheyCome(store, options.import, options, io),
  ]);
  return ExitCode.interrupted;
}

function namePlaces(
  { exec, import: folder }: WatchOptions,
  { storageDir }: EnhancedFileManager,
  io: Io,
): string[] {
  return [
    ...(exec === undefined ? [] : [storageDir]),
    ...(folder === undefined ? [] : [resolve(io.workingDirectory, folder)]),
  ];
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
      onResult: (id, result) => {
        const { status, error, durationMs } = result;
        io.report.tell(toEvent(id, result));
        if (asJson) printEvent(io, toEvent(id, result));
        else if (status === 'processed') {
          printVerdict(io.stdout, 'OK', [`processed ${printable(id)}`, duration(durationMs)]);
        } else if (error !== undefined && !io.report.isForEvents) {
          io.report.error(explainError(error), { conversation_id: id });
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
      const { conversations } = imported;
      const event = { event: 'imported', source: path, conversations, ...sums } as const;
      io.report.tell(event);
      for (const text of describeReport(imported.report)) io.report.note(text, { source: path });
      if (asJson) printEvent(io, event);
      else
        printVerdict(io.stdout, 'OK', [
          `imported ${printable(path)}`,
          plural(imported.conversations, 'conversation'),
          `+${count(sums.added)} new`,
          `~${count(sums.edited)} edited`,
        ]);
    } catch (error) {
      if (io.signal.aborted) return;
      io.report.error(explainError(error), { source: path });
    }
  }
}

/** One event a line. */
function printEvent(io: Io, event: Event): void {
  line(io.stdout, jsonFor(io.stdout, toLine(event)));
}
