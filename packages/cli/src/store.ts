import {
  FileManager,
  type LoadedConfig,
  type LockConversationsOptions,
  type LockInfo,
  loadConfig,
  lockConversations,
} from '@tgstore/core';
import type { Io } from './io.ts';
import { age, line, printable } from './output.ts';

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
 * and say for whom.
 */
export async function openStore(options: GlobalOptions, io: Io): Promise<FileManager> {
  const { config } = await readConfig(options, io);
  const { storageDir } = config;
  const guard = lockConversations(storageDir, lockOptions(config, options, io));
  return new FileManager({ storageDir, guard });
}

/** How long commands wait for other processes, and what they say meanwhile. */
export function lockOptions(
  { lockTimeoutMs: timeoutMs, allowNetworkFileSystem }: LoadedConfig['config'],
  { quiet, json }: GlobalOptions,
  io: Io,
): LockConversationsOptions {
  const onWait = (id: string, holder: LockInfo): void => {
    if (!quiet) line(io.stderr, describeWait(id, holder, json));
  };
  return { timeoutMs, onWait, allowNetworkFileSystem };
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
