import type { StoreReport } from '@tgstore/core';
import { Command } from 'commander';
import { type CommandContext, examples } from '../command-context.ts';
import { describeExitCodes, ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { age, bytes, count, json, line, plural, printable, style } from '../output.ts';
import { type GlobalOptions, openStore, readConfig } from '../store.ts';
import { version } from '../version.ts';

export function doctorCommand({ io, exit }: CommandContext): Command {
  return new Command('doctor')
    .summary('look at the store from outside')
    .description(
      'Shows versions, the disk, the names in the store, who holds which conversation, and the backups. Reads no conversation ' +
        'and changes nothing; tgstore check reads all of them.',
    )
    .addHelpText('before', examples('doctor', 'doctor --json'))
    .addHelpText('after', describeExitCodes('notAStore'))
    .action(async (_options: unknown, command: Command) => {
      exit(await runDoctor(command.optsWithGlobals(), io));
    });
}

export async function runDoctor(options: GlobalOptions, io: Io): Promise<ExitCode> {
  const { file, origins } = await readConfig(options, io);
  const store = await openStore(options, io);
  const report = await store.inspect();
  const versions = { tgstore: version(), node: process.versions.node, platform: PLATFORM };
  if (options.json)
    json(io, { versions, config: file ?? null, store_from: origins.storageDir, ...report });
  else {
    const facts: Fact[] = [
      ['versions', `tgstore ${versions.tgstore}, Node ${versions.node}, ${PLATFORM}`],
      ['configuration', file ?? 'none'],
      ['store', `${report.path} (${origins.storageDir})`],
      ...describe(report),
    ];
    for (const [name, value] of facts) {
      line(io.stdout, `${style('dim', name.padEnd(15), io.stdout)}${printable(value)}`);
    }
  }
  return ExitCode.ok;
}

type Fact = readonly [name: string, value: string];

function describe({ formatVersion, createdAt, disk, names, ...report }: StoreReport): Fact[] {
  const made = createdAt === undefined ? '' : `, made ${createdAt.slice(0, 10)}`;
  const format =
    formatVersion === undefined ? 'none: tgstore never wrote here' : `${formatVersion}${made}`;
  const free = `${bytes(disk.freeBytes)} free of ${bytes(disk.totalBytes)}`;
  const { count: backups, lastAt } = report.backups;
  const last =
    lastAt === undefined ? '' : `, the last one ${age(Date.now() - Date.parse(lastAt))} old`;
  return [
    ['format', format],
    ['disk', `${disk.fileSystem}, ${free}`],
    [
      'conversations',
      `${count(names.processed)} processed, ${count(names.unprocessed)} unprocessed`,
    ],
    ...describeOddities(names, report.quarantined),
    ['backups', backups === 0 ? 'none; tgstore backup create makes one' : count(backups) + last],
    ['locks', report.locks.length === 0 ? 'none held' : plural(report.locks.length, 'lock')],
    ...report.locks.map(
      ({ id, pid, host, since, operation }): Fact => [
        '',
        `${id}: process ${pid} on ${host}, ${operation ?? 'unknown work'}, for ${age(Date.now() - Date.parse(since))}`,
      ],
    ),
    ['claims', report.claims.length === 0 ? 'none' : plural(report.claims.length, 'conversation')],
    ...report.claims.map(({ conversationId, holders, since, isVoid }): Fact => {
      const who = holders.map(({ pid, host }) => `process ${pid} on ${host}`).join(' and ');
      const state = isVoid
        ? 'dead: whoever processes next takes it over'
        : `for ${age(Date.now() - Date.parse(since))}`;
      return ['', `${conversationId}: ${who}, ${state}`];
    }),
  ];
}

function describeOddities(
  { several, raw, interruptedAppends, temporaryFiles }: StoreReport['names'],
  quarantined: number,
): Fact[] {
  const facts: [number, string, string][] = [
    [several, 'two names', 'conversations stand under several names; tgstore recover merges them'],
    [
      interruptedAppends,
      'interrupted',
      'appends were interrupted; tgstore recover takes them back',
    ],
    [raw, 'raw names', 'of the original module; tgstore migrate gives them ours'],
    [temporaryFiles, 'temporary', 'files of writes that go on, or were killed'],
    [
      quarantined,
      'quarantine',
      `${quarantined === 1 ? 'file' : 'files'} in .tgstore/quarantine, moved there by recovery`,
    ],
  ];
  return facts
    .filter(([number]) => number > 0)
    .map(([number, name, text]) => [name, `${count(number)} ${text}`]);
}

const PLATFORM = `${process.platform} ${process.arch}`;
