import type { Command } from 'commander';
import type { BackupOptions } from './commands/backup/open.ts';
import type { Io } from './io.ts';
import { quote } from './next-steps.ts';
import { readConfig } from './store.ts';
import { version } from './version.ts';

/** Tells programs what begins, and lets the commands that errors name find the same store. */
export async function announce(command: Command, io: Io): Promise<void> {
  const options = command.optsWithGlobals<BackupOptions>();
  io.report.complete = (next) => complete(next, options);
  if (!io.report.isForEvents) return;
  const store = await findStore(options, io);
  io.report.tell({ event: 'start', command: nameOf(command), version: version(), store });
}

function complete(command: string, { store, config, backupDir }: BackupOptions): string {
  if (!command.startsWith('tgstore ')) return command;
  const options: [string, string | undefined][] = [
    ['--store', store],
    ['--config', config],
    ['--backup-dir', command.startsWith('tgstore backup') ? backupDir : undefined],
  ];
  const given = options.map(([name, value]) =>
    value === undefined ? '' : ` ${name} ${quote(value)}`,
  );
  return command + given.join('');
}

/** `backup create` */
function nameOf(command: Command): string {
  const { parent } = command;
  return parent?.parent ? `${nameOf(parent)} ${command.name()}` : command.name();
}

/** The command itself says what is wrong with the configuration. */
async function findStore(options: BackupOptions, io: Io): Promise<string | null> {
  try {
    return (await readConfig(options, io)).config.storageDir;
  } catch {
    return null;
  }
}
