import { resolve } from 'node:path';
import { EnhancedFileManager, type LoadedConfig, type LockInfo, loadConfig } from '@tgstore/core';
import type { Io } from './io.ts';
import { age, line, printable, style } from './output.ts';

/** Options that every command takes. */
export interface GlobalOptions {
  readonly store?: string | undefined;
  readonly config?: string | undefined;
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
}

export async function readConfig({ store, config }: GlobalOptions, io: Io): Promise<LoadedConfig> {
  return await loadConfig({
    storageDir: store,
    file: config,
    workingDirectory: io.workingDirectory,
    env: io.env,
  });
}

/**
 * The store that the options, the environment or the configuration name. Changes of a conversation wait for other processes,
 * and say for whom. Automatic backups are made where the configuration says how often.
 */
export async function openStore(
  options: GlobalOptions & { readonly backupDir?: string | undefined },
  io: Io,
): Promise<EnhancedFileManager> {
  const { config, origins } = await readConfig(options, io);
  const onWait = (id: string, holder: LockInfo): void => {
    if (!options.quiet) line(io.stderr, describeWait(id, holder, options.json));
  };
  const tell = (details: object, message: string): void => {
    if (!options.quiet) line(io.stderr, describeNote(details, message, io));
  };
  return new EnhancedFileManager({
    ...config,
    backupEnabled: origins.backupFrequencyHours !== 'default',
    backupDir: options.backupDir && resolve(io.workingDirectory, options.backupDir),
    onWait,
    logger: { debug() {}, info: tell, warn: tell, error: tell },
  });
}

function describeWait(id: string, holder: LockInfo, asJson: boolean | undefined): string {
  const { pid, host, since, operation } = holder;
  if (asJson) {
    return JSON.stringify({ type: 'waiting', conversation_id: id, pid, host, since, operation });
  }
  const doing = operation === undefined ? '' : ` (${operation})`;
  const time = age(Date.now() - Date.parse(since));
  const text = `waiting for conversation ${id}: process ${pid} on ${host}${doing} has had it for ${time}`;
  return printable(text);
}

function describeNote(details: object, message: string, io: Io): string {
  const { id, error } = details as { id?: string; error?: unknown };
  const about = id === undefined ? '' : `${id}: `;
  const why = error instanceof Error ? ` (${error.message})` : '';
  return `${style('yellow', 'note', io.stderr)}  ${printable(about + message + why)}`;
}
