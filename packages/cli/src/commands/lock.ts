import {
  breakConversationLock,
  type ConversationLock,
  FileManager,
  listConversationLocks,
} from '@tgstore/core';
import { Command } from 'commander';
import { type CommandContext, examples } from '../command-context.ts';
import { describeExitCodes, ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { age, json, plural, printable, table } from '../output.ts';
import { type GlobalOptions, readConfig } from '../store.ts';
import { printVerdict } from '../verdict.ts';

export function lockCommand({ io, exit }: CommandContext): Command {
  const list = new Command('list')
    .summary('show who holds and who waits')
    .description('Shows which processes hold conversations, and which wait for them.')
    .addHelpText('before', examples('lock list', 'lock list --json'))
    .addHelpText('after', describeExitCodes('notAStore'))
    .action(async (_options: unknown, command: Command) => {
      exit(await runLockList(command.optsWithGlobals(), io));
    });
  const breakOne = new Command('break')
    .summary('take a conversation from a process')
    .description(
      'Takes a conversation from the process that holds it. Processes that are dead need no breaking: whoever wants the ' +
        'conversation next takes it from them.',
    )
    .argument('<conversation>', 'its id')
    .option('--force', 'even if the process is not proved dead: it may still write')
    .option('-n, --dry-run', 'say who holds it, but change nothing')
    .addHelpText('before', examples('lock break 12345', 'lock break 12345 --force'))
    .addHelpText('after', describeExitCodes('notAStore', 'locked'))
    .action(async (id: string, _options: unknown, command: Command) => {
      exit(await runLockBreak(id, command.optsWithGlobals(), io));
    });
  const command = new Command('lock')
    .helpCommand(false)
    .summary('show and break locks')
    .description('Shows and breaks the locks that processes hold on conversations.')
    .addHelpText('before', examples('lock list', 'lock break 12345'));
  for (const sub of [list, breakOne]) command.addCommand(sub);
  return command;
}

export interface LockBreakOptions extends GlobalOptions {
  readonly force?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
}

export async function runLockList(options: GlobalOptions, io: Io): Promise<ExitCode> {
  const locks = await listConversationLocks(await findStore(options, io));
  if (options.json) json(io, locks.map(toJson));
  else if (locks.length === 0) io.report.hint('No locks');
  else printLocks(locks, io);
  return ExitCode.ok;
}

export async function runLockBreak(
  id: string,
  options: LockBreakOptions,
  io: Io,
): Promise<ExitCode> {
  const storageDir = await findStore(options, io);
  const broken = options.dryRun
    ? (await listConversationLocks(storageDir)).filter((lock) => lock.id === id && isHeld(lock))
    : await breakConversationLock(storageDir, id, { force: options.force });
  if (options.json) {
    json(io, { dry_run: options.dryRun ?? false, broken: broken.map(toJson) });
    return ExitCode.ok;
  }
  if (broken.length > 0) printLocks(broken, io);
  const will = options.dryRun ? 'would be broken' : 'broken';
  printVerdict(io.stdout, 'OK', [`${plural(broken.length, 'lock')} ${will}`]);
  return ExitCode.ok;
}

/** The directory of the store. @throws {@link StoreError} `STORE_NOT_A_STORE` */
async function findStore(options: GlobalOptions, io: Io): Promise<string> {
  const { storageDir } = (await readConfig(options, io)).config;
  await new FileManager({ storageDir }).listConversations();
  return storageDir;
}

function printLocks(locks: readonly ConversationLock[], io: Io): void {
  const columns = [
    { heading: 'CONVERSATION' },
    { heading: 'STATE', drop: 3 },
    { heading: 'FOR', right: true, drop: 2 },
    { heading: 'PROCESS', right: true },
    { heading: 'HOST', drop: 1 },
    { heading: 'IS' },
    { heading: 'DOING' },
  ];
  table(io.stdout, columns, locks.map(toRow));
}

function toRow({ id, state, since, pid, host, liveness, operation }: ConversationLock): string[] {
  return [
    printable(id),
    state,
    age(Date.now() - Date.parse(since)),
    String(pid),
    printable(host),
    liveness,
    printable(operation ?? ''),
  ];
}

function toJson(lock: ConversationLock): object {
  const { id, state, kind, pid, host, since, operation, liveness, fencingNumber } = lock;
  const fencing_number = fencingNumber;
  return {
    conversation_id: id,
    state,
    kind,
    pid,
    host,
    since,
    operation,
    liveness,
    fencing_number,
  };
}

function isHeld({ state }: ConversationLock): boolean {
  return state === 'held';
}
