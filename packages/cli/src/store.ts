import { FileManager, type LoadedConfig, loadConfig } from '@tgstore/core';
import type { Io } from './io.ts';

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

/** The store that the options, the environment or the configuration name. */
export async function openStore(options: GlobalOptions, io: Io): Promise<FileManager> {
  const { config } = await readConfig(options, io);
  return new FileManager({ storageDir: config.storageDir });
}
