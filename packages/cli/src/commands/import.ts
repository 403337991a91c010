import { resolve } from 'node:path';
import {
  type EnhancedFileManager,
  type ImportedConversation,
  nameSource,
  type OpenExport,
  openExportFile,
  refuseIncomplete,
  type StagedImport,
} from '@tgstore/core';
import { describeReport, openExport, type ReadReport } from '@tgstore/formats';
import { Command } from 'commander';
import { type CommandContext, examples } from '../command-context.ts';
import { describeExitCodes, ExitCode } from '../exit-codes.ts';
import { explainError } from '../explain-error.ts';
import type { Io } from '../io.ts';
import { count, duration, json, line, plural, printable, table } from '../output.ts';
import { Progress } from '../progress.ts';
import { type GlobalOptions, openStore } from '../store.ts';
import { printVerdict } from '../verdict.ts';

export interface ImportOptions extends GlobalOptions {
  readonly dryRun?: boolean | undefined;
  readonly salvage?: boolean | undefined;
  readonly timeZone?: string | undefined;
  readonly id?: string | undefined;
}

export function importCommand({ io, exit }: CommandContext): Command {
  return new Command('import')
    .summary('read exports into the store')
    .description(
      'Reads Telegram Desktop exports (result.json, or the folder it is in) and bundles, and merges them ' +
        'into the store by message id. Importing the same export again changes nothing.',
    )
    .argument('<export...>', 'result.json, its folder, a bundle, or - for standard input')
    .option('-n, --dry-run', 'read everything and say what would change, but change nothing')
    .option('--salvage', 'import what is whole when an export is cut off, damaged or has bad chats')
    .option(
      '--time-zone <zone>',
      'zone of the exporting computer, for exports before June 2022: Europe/Berlin',
    )
    .option('--id <id>', 'conversation id for a single chat that has none')
    .addHelpText(
      'before',
      examples('import result.json', 'import --dry-run ~/Downloads/DataExport_2026-11-23'),
    )
    .addHelpText('after', describeExitCodes('finishedWithFailures', 'locked'))
    .action(async (paths: string[], _options: unknown, command: Command) => {
      exit(await runImport(paths, command.optsWithGlobals(), io));
    });
}

/** Imports one export after the other; each is committed before the next is read. */
export async function runImport(
  paths: readonly string[],
  options: ImportOptions,
  io: Io,
): Promise<ExitCode> {
  const files = await openStore(options, io);
  const results: ImportResult[] = [];
  try {
    const hasSeveral = paths.length > 1;
    for (const path of paths) {
      results.push(await importOne(files, path, { ...options, hasSeveral }, io));
    }
  } finally {
    // those before one that fails have been committed
    if (options.json && results.length > 0) {
      json(io, { store: files.storageDir, imports: results.map(toJson) });
    }
  }
  return results.some(isIncomplete) ? ExitCode.finishedWithFailures : ExitCode.ok;
}

interface OneOfImports extends ImportOptions {
  /** Whether what is told must say which export it is about. */
  readonly hasSeveral: boolean;
}

/** What was read, and what it will change. */
interface ImportPlan {
  readonly source: string;
  readonly conversations: ImportedConversation[];
  readonly failures: StagedImport['failures'];
  readonly report: ReadReport;
}

interface ImportResult extends ImportPlan {
  readonly dryRun: boolean;
  readonly durationMs: number;
}

async function importOne(
  files: EnhancedFileManager,
  path: string,
  options: OneOfImports,
  io: Io,
): Promise<ImportResult> {
  const start = performance.now();
  const { reader, source, progress } = await openSource(path, options, io);
  await using staged = await stage();
  if (!options.salvage) refuseIncomplete(source, reader.report);
  const { conversations, failures } = staged;
  const result = { source, conversations, failures, report: reader.report };
  tellFindings(result, options, io);
  if (!options.json) printTable(result, io);
  if (!options.dryRun) await commit(staged, source, io);
  const durationMs = performance.now() - start;
  if (!options.json) printOutcome({ ...result, durationMs }, options, io);
  return { ...result, durationMs, dryRun: options.dryRun ?? false };

  async function stage(): Promise<StagedImport> {
    using _line = progress;
    const { salvage: keepGoing } = options;
    return await files.stageImport(reader.conversations(), { keepGoing, signal: io.signal });
  }
}

/** Tells of each conversation as soon as it stands in the store. */
async function commit(staged: StagedImport, source: string, io: Io): Promise<void> {
  const left = new Set(staged.conversations.map(({ id }) => id));
  const tell = (id: string, { isNew, added, edited }: Changes): void => {
    left.delete(id);
    const status = isNew || added + edited > 0 ? 'imported' : 'unchanged';
    const changes = { is_new: isNew, added, edited };
    io.report.tell({ event: 'conversation', conversation_id: id, status, source, ...changes });
  };
  await staged.commit({ onConversation: tell });
  for (const id of left) tell(id, { isNew: false, added: 0, edited: 0 });
}

type Changes = Pick<ImportedConversation, 'isNew' | 'added' | 'edited'>;

interface OpenSource extends Omit<OpenExport, 'close'> {
  readonly progress: Progress;
}

async function openSource(path: string, options: ImportOptions, io: Io): Promise<OpenSource> {
  const { timeZone, id: conversationId } = options;
  const progress = new Progress(io, { label: 'importing', unit: 'bytes' });
  const readOptions = {
    timeZone,
    conversationId,
    signal: io.signal,
    onBytes: (done: number, total?: number) => progress.update(done, total),
  };
  if (path !== '-') {
    const file = resolve(io.workingDirectory, path);
    return { ...(await openExportFile(file, readOptions)), progress };
  }
  const source = 'standard input';
  try {
    return { source, reader: await openExport(io.stdin, readOptions), progress };
  } catch (error) {
    throw nameSource(error, source);
  }
}

function isIncomplete({ failures, report }: ImportPlan): boolean {
  return failures.length > 0 || !!report.truncated || !!report.damaged || report.skipped.count > 0;
}

/** The document of `--json` has them itself. */
function tellFindings(
  plan: ImportPlan,
  { json: hasDocument, events, hasSeveral }: OneOfImports,
  { report }: Io,
): void {
  if (hasDocument && !events) return;
  const source = hasSeveral || events ? plan.source : undefined;
  for (const text of describeReport(plan.report)) {
    if (isIncomplete(plan)) report.warn(text, { source });
    else report.note(text, { source });
  }
  if (plan.report.assumedTimeZone !== undefined) {
    report.hint('      as in: tgstore import --time-zone Europe/Berlin');
  }
  for (const { place, error } of plan.failures)
    report.error(explainError(error), { source, place });
}

function printOutcome(
  result: ImportPlan & { readonly durationMs: number },
  { dryRun }: ImportOptions,
  io: Io,
): void {
  printVerdict(io.stdout, isIncomplete(result) ? 'PARTLY' : 'OK', outcome(result));
  if (dryRun) {
    io.report.hint('Dry run: nothing was changed. The same command without --dry-run does it.');
  }
}

function printTable({ conversations }: ImportPlan, io: Io): void {
  const changed = conversations.filter((conversation) => !isUnchanged(conversation));
  const rows = changed.map(({ id, name, isNew, added, edited, unchanged, total }) => [
    printable(id),
    isNew ? 'new' : 'grows',
    `+${count(added)}`,
    `~${count(edited)}`,
    count(unchanged),
    count(total),
    printable(name ?? '(no name)'),
  ]);
  const columns = [
    { heading: 'CONVERSATION' },
    { heading: '' },
    { heading: 'ADDED', right: true },
    { heading: 'EDITED', right: true, drop: 3 },
    { heading: 'KEPT', right: true, drop: 1 },
    { heading: 'TOTAL', right: true, drop: 2 },
    { heading: 'NAME' },
  ];
  if (rows.length > 0) table(io.stdout, columns, rows);
  const rest = conversations.length - changed.length;
  if (rest > 0 && rows.length > 0)
    line(io.stdout, `and ${plural(rest, 'conversation')} without a change`);
}

function isUnchanged({ isNew, added, edited }: ImportedConversation): boolean {
  return !isNew && added + edited === 0;
}

/** `8 conversations · +20,000 new · ~0 edited · 0 unchanged · 1.9 s` */
function outcome(result: ImportPlan & { readonly durationMs: number }): string[] {
  const { conversations, durationMs } = result;
  const sum = (key: 'added' | 'edited' | 'unchanged' | 'duplicates') =>
    conversations.reduce((total, conversation) => total + conversation[key], 0);
  const parts = [
    plural(conversations.length, 'conversation'),
    `+${count(sum('added'))} new`,
    `~${count(sum('edited'))} edited`,
    `${count(sum('unchanged'))} unchanged`,
  ];
  if (sum('duplicates') > 0) parts.push(plural(sum('duplicates'), 'duplicate'));
  if (isIncomplete(result)) parts.push('not everything');
  parts.push(duration(durationMs));
  return parts;
}

function toJson({
  source,
  dryRun,
  conversations,
  failures,
  report,
  durationMs,
}: ImportResult): object {
  return {
    source,
    dry_run: dryRun,
    conversations: conversations.map(({ isNew, ...conversation }) => ({
      ...conversation,
      is_new: isNew,
    })),
    failures: failures.map(({ place, error }) => {
      const { code, message } = explainError(error);
      return { place, code, message };
    }),
    report,
    duration_ms: Math.round(durationMs),
  };
}
