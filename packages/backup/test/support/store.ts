import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempDirectory } from '@tgstore/testkit';
import { BackupManager, type BackupManagerOptions } from '../../src/index.ts';

/** When the clock of a {@link TempStore} stands, until it is set. */
export const START = Date.parse('2026-11-23T01:45:00Z');

export interface TempStore extends AsyncDisposable {
  /** The directory in which all of it is. */
  readonly root: string;
  /** What is backed up. */
  readonly store: string;
  readonly backupDir: string;
  readonly backups: BackupManager;
  /** Its clock, which goes on only when it is set. */
  time: number;
  /** Writes files into the store. */
  write(files: Readonly<Record<string, string | Uint8Array>>): Promise<void>;
}

/** A directory to back up, with a clock that stands still. */
export async function tempStore(
  options: Partial<BackupManagerOptions> = {},
): Promise<TempStore & AsyncDisposable> {
  const directory = await tempDirectory();
  const root = directory.path;
  const store = join(root, 'store');
  const backupDir = join(root, 'backups');
  mkdirSync(store);
  const temp: TempStore = {
    root,
    store,
    backupDir,
    backups: new BackupManager({ storageDir: store, backupDir, now: () => temp.time, ...options }),
    time: START,
    async write(files) {
      for (const [name, content] of Object.entries(files)) {
        await writeFile(join(store, name), content);
      }
    },
    [Symbol.asyncDispose]: async () => await directory[Symbol.asyncDispose](),
  };
  return temp;
}
