import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Io } from '../../io.ts';
import type { GlobalOptions } from '../../store.ts';

/** Options that every command about backups takes. */
export interface BackupOptions extends GlobalOptions {
  readonly backupDir?: string | undefined;
}

/** Options of commands that read encrypted backups. */
export interface KeyOptions {
  readonly identity?: string | undefined;
  readonly passphraseFile?: string | undefined;
}

export function addBackupDir(command: Command): Command {
  return command.option(
    '--backup-dir <directory>',
    'where the backups are; else backups in the store',
  );
}

export function addKeys(command: Command): Command {
  return command
    .option('--identity <file>', 'a file with secret keys of age, for encrypted backups')
    .option('--passphrase-file <file>', 'the passphrase, in the first line of a file');
}

/** Keys as the backups take them. */
export async function readKeys(
  { identity, passphraseFile }: KeyOptions,
  io: Io,
): Promise<{ identities?: string[]; passphrase?: string }> {
  const lines = async (path: string): Promise<string[]> =>
    (await readFile(resolve(io.workingDirectory, path), 'utf8')).split(/\r?\n/);
  const isKey = (line: string): boolean => line !== '' && !line.startsWith('#');
  return {
    ...(identity !== undefined && { identities: (await lines(identity)).filter(isKey) }),
    ...(passphraseFile !== undefined && { passphrase: (await lines(passphraseFile))[0] ?? '' }),
  };
}
