import { homedir } from 'node:os';
import { FileManager } from '@tgstore/core';
import type { Io } from '../io.ts';
import { openStore, readConfig } from '../store.ts';
import type { StoreNames, StoreOptions } from './complete.ts';

/** Conversations and backups from the names of their files. What can't be read has none. */
export function storeNames(io: Io): StoreNames {
  return {
    async conversations(options) {
      const { config } = await readConfig(expand(options, io), io);
      const files = await new FileManager({ storageDir: config.storageDir }).listFiles();
      return files.map(({ id, status }) => ({ value: id, description: status }));
    },
    async backups(options) {
      const store = await openStore({ ...expand(options, io), quiet: true }, io);
      const { backups } = await store.backups.listBackups();
      return backups.map(({ id }) => ({ value: id }));
    },
  };
}

/** The shell, which would have put the home directory in its place, has not run yet. */
function expand({ store, config, backupDir }: StoreOptions, io: Io): StoreOptions {
  const home = (path: string | undefined): string | undefined =>
    path?.replace(/^~(?=\/|$)/, () => io.env.HOME ?? homedir());
  return { store: home(store), config: home(config), backupDir: home(backupDir) };
}
