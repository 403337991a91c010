import { resolve } from 'node:path';
import { EnhancedFileManager, type LoadedConfig, type LockInfo, loadConfig } from '@tgstore/core';
import type { Subject } from './events.ts';
import type { Io } from './io.ts';
import { age } from './output.ts';

/** Options that every command takes. */
export interface GlobalOptions {
  readonly store?: string | undefined;
  readonly config?: string | undefined;
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  readonly events?: boolean | undefined;
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
  const onWait = (id: string, { pid, host, since, operation }: LockInfo): void => {
    const holder = { pid, host, since, operation };
    io.report.waiting({ event: 'waiting', conversation_id: id, holder }, describeWait(id, holder));
  };
  const note = (details: object, message: string): void =>
    io.report.note(message, aboutConversation(details));
  return new EnhancedFileManager({
    ...config,
    backupEnabled: origins.backupFrequencyHours !== 'default',
    backupDir: options.backupDir && resolve(io.workingDirectory, options.backupDir),
    onWait,
    logger: {
      debug() {},
      info: note,
      warn: note,
      error: (details, message) =>
        io.report.warn(withCause(message, details), aboutConversation(details)),
    },
  });
}

function describeWait(
  id: string,
  { pid, host, since, operation }: Pick<LockInfo, 'pid' | 'host' | 'since' | 'operation'>,
): string {
  const doing = operation === undefined ? '' : ` (${operation})`;
  const time = age(Date.now() - Date.parse(since));
  return `waiting for conversation ${id}: process ${pid} on ${host}${doing} has had it for ${time}`;
}

function aboutConversation(details: object): Subject {
  const { id } = details as { id?: string };
  return id === undefined ? {} : { conversation_id: id };
}

function withCause(message: string, details: object): string {
  const { error } = details as { error?: unknown };
  return error instanceof Error ? `${message} (${error.message})` : message;
}
