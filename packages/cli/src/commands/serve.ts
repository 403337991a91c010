import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExplorerOptions } from '@tgstore/demo/server';
import { Command, InvalidArgumentError, Option } from 'commander';
import { toCount } from '../arguments.ts';
import { type CommandContext, examples } from '../command-context.ts';
import { describeExitCodes, ExitCode } from '../exit-codes.ts';
import { explainError } from '../explain-error.ts';
import type { Io } from '../io.ts';
import { jsonFor, line, printable } from '../output.ts';
import { runWithConversation } from '../run-command.ts';
import { openStore } from '../store.ts';
import { version } from '../version.ts';
import {
  addBackupDir,
  addKeys,
  type BackupOptions,
  type KeyOptions,
  readKeys,
} from './backup/open.ts';
import { addExecOptions, type ExecOptions, toEvent } from './process.ts';

export interface ServeOptions extends Omit<ExecOptions, 'exec'>, BackupOptions, KeyOptions {
  readonly exec?: string | undefined;
  readonly open?: boolean | undefined;
  readonly port: number;
  readonly readOnly?: boolean | undefined;
  readonly media?: string[] | undefined;
  readonly page: string;
}

export function serveCommand({ io, exit }: CommandContext): Command {
  const command = new Command('serve')
    .summary('look into the store in a browser')
    .description(
      'Serves a page over the store, on this machine alone: conversations, messages, search, processing, backups. The address ' +
        'it prints has a token; who has it may do what the page can. Ctrl-C finishes what is in hand and ends it.',
    )
    .option('--open', 'open the page in the browser')
    .option('--port <number>', 'the port; 0 is a free one', toPort, 0)
    .option('--read-only', 'refuse whatever would change something')
    .option('--media <directory...>', 'exports whose photos and files are shown')
    .option('--exec <command>', 'the command of processing jobs, run by the shell')
    .addOption(new Option('--page <directory>', 'the built page').default(PAGE).hideHelp());
  return addKeys(addBackupDir(addExecOptions(command)))
    .addHelpText(
      'before',
      examples(
        'serve --open --media ~/Downloads/DataExport',
        'serve --read-only --port 8080 --store my-chats',
      ),
    )
    .addHelpText('after', describeExitCodes('notAStore'))
    .action(async (_options: unknown, self: Command) => {
      const options = self.optsWithGlobals<ServeOptions>();
      if (options.concurrency === 0) self.error('error: --concurrency must be at least 1');
      exit(await runServe(options, io));
    });
}

export async function runServe(options: ServeOptions, io: Io): Promise<ExitCode> {
  const store = await openStore(options, io);
  // says so where there is none
  await store.listConversations();
  const at = (path: string): string => resolve(io.workingDirectory, path);
  // the other commands need none of it
  const { startExplorer } = await import('@tgstore/demo/server');
  await using explorer = await startExplorer({
    store,
    version: version(),
    pageDirectory: at(options.page),
    port: options.port,
    isReadOnly: options.readOnly,
    mediaDirectories: options.media?.map(at),
    processing: processingOf(options, io),
    backupKeys: await readKeys(options, io),
    explainError,
  });
  announce(explorer.address, store.storageDir, options, io);
  if (options.open) openInBrowser(explorer.address, io);
  if (!io.signal.aborted) await once(io.signal, 'abort');
  return ExitCode.ok;
}

function processingOf(
  { exec: command, changes: changesOnly, concurrency, retries, maxAttempts }: ServeOptions,
  io: Io,
): ExplorerOptions['processing'] {
  if (command === undefined) return undefined;
  return {
    command,
    work: (conversation, context) =>
      runWithConversation(conversation, context, { command, changesOnly, io }),
    options: {
      concurrency,
      retries,
      maxAttempts,
      signal: io.stopSignal,
      onProgress: ({ id, result }) => io.report.tell(toEvent(id, result)),
    },
  };
}

function announce(
  address: string,
  store: string,
  { json: asJson, events, readOnly = false }: ServeOptions,
  io: Io,
): void {
  io.report.tell({ event: 'ready', address });
  if (asJson) {
    const text = JSON.stringify({ address, store, read_only: readOnly });
    line(io.stdout, jsonFor(io.stdout, text));
    return;
  }
  line(io.stdout, address);
  const how = readOnly ? ', read-only' : '';
  if (!events) io.report.hint(`serving ${printable(store)}${how}; Ctrl-C ends it`);
}

/** Leaves it at a hint where there is no browser: the address is printed. */
function openInBrowser(address: string, io: Io): void {
  const [command, ...args] = OPENERS.get(process.platform) ?? ['xdg-open'];
  const child = spawn(command as string, [...args, address], { stdio: 'ignore', detached: true });
  child.on('error', () => io.report.warn('no browser could be opened; open the address yourself'));
  child.unref();
}

function toPort(value: string): number {
  const port = toCount(value);
  if (port <= 65_535) return port;
  throw new InvalidArgumentError('It must be a port: 0 to 65535.');
}

// no shell: nothing in the address means anything to them
const OPENERS = new Map([
  ['darwin', ['open']],
  ['win32', ['explorer.exe']],
]);

// from source the page is where it is built, in the package beside the code
const PAGE = fileURLToPath(
  new URL(
    import.meta.url.endsWith('.ts') ? '../../../../apps/demo/dist' : './explorer',
    import.meta.url,
  ),
);
