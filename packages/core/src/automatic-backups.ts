// Backups that nobody asks for: when the last one, as the store itself records it, is old, one process of many makes the next
// before its next change; the others do not wait for it.

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { BackupManager } from '@tgstore/backup';
import { type Durability, type FileSystem, nodeFileSystem } from '@tgstore/fs';
import { withLock } from '@tgstore/lock';
import { unguarded } from './conversation-guard.ts';
import { hasCode } from './errors.ts';
import { listMetadata } from './list-metadata.ts';
import { StoreDirectory } from './store-directory.ts';
import { type LastBackup, readStoreFile, updateStoreFile } from './store-file.ts';

export interface AutomaticBackupsOptions {
  readonly storageDir: string;
  readonly backups: BackupManager;
  /** How old the last one must be, in hours. @default 24 */
  readonly frequencyHours?: number | undefined;
  /** Told of failures; the next try comes ten minutes later. @default a warning of the process */
  readonly onError?: ((error: unknown) => void) | undefined;
  /** @default 'full' */
  readonly durability?: Durability | undefined;
  /** @default nodeFileSystem */
  readonly fileSystem?: FileSystem | undefined;
  /** @default false */
  readonly allowNetworkFileSystem?: boolean | undefined;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: (() => number) | undefined;
}

/** The automatic backups of a store. */
export class AutomaticBackups {
  readonly #store: StoreDirectory;
  readonly #options: AutomaticBackupsOptions;
  readonly #now: () => number;
  /** Before this there is nothing to do, unless the clock was set back since. */
  #notBefore = Number.NEGATIVE_INFINITY;
  #latest = Number.NEGATIVE_INFINITY;
  #running: Promise<void> | undefined;

  constructor(options: AutomaticBackupsOptions) {
    const { storageDir, durability = 'full', fileSystem = nodeFileSystem, now } = options;
    this.#store = new StoreDirectory(storageDir, { durability, fileSystem, guard: unguarded });
    this.#options = options;
    this.#now = now ?? Date.now;
  }

  /** To be called before a change of the store: makes a backup if one is due and no other process makes it. Never rejects. */
  async beforeChange(): Promise<void> {
    const now = this.#now();
    if (now < this.#latest) this.#notBefore = Number.NEGATIVE_INFINITY;
    this.#latest = now;
    if (!this.#running && now < this.#notBefore) return;
    this.#running ??= this.#makeIfDue()
      .catch((error: unknown) => {
        this.#notBefore = this.#now() + RETRY_MS;
        const { onError = warn } = this.#options;
        onError(error);
      })
      .finally(() => {
        this.#running = undefined;
      });
    await this.#running;
  }

  async #makeIfDue(): Promise<void> {
    if (!(await this.#isDue()) || (await this.#isEmpty())) return;
    const { locksDirectory: directory, ownDirectory } = this.#store.layout;
    const { allowNetworkFileSystem } = this.#options;
    const lockOptions = { directory, allowNetworkFileSystem, timeoutMs: 0, operation: 'backup' };
    try {
      await withLock(join(ownDirectory, 'automatic-backup'), lockOptions, async () => {
        // another process may have made it since
        if (await this.#isDue()) await this.#make();
      });
    } catch (error) {
      if (!hasCode(error, 'LOCK_TIMEOUT')) throw error;
      // another process makes it
      this.#notBefore = this.#now() + RETRY_MS;
    }
  }

  async #isDue(): Promise<boolean> {
    const { frequencyHours = 24 } = this.#options;
    const last = await this.#last();
    const due = last ? Date.parse(last.at) + frequencyHours * HOUR_MS : this.#now();
    // a time in the future is a clock that was wrong
    const isDue = due <= this.#now() || (last && Date.parse(last.at) > this.#now() + HOUR_MS);
    if (!isDue) this.#notBefore = due;
    return !!isDue;
  }

  async #make(): Promise<void> {
    const { backups } = this.#options;
    const at = new Date(this.#now()).toISOString();
    // what changes from here on is in the next one, whether this one sees it or not
    const fingerprint = await this.#fingerprint();
    const last = await this.#last();
    const isSame = last?.fingerprint === fingerprint && (await this.#exists(last.id));
    const id = isSame ? last.id : (await backups.createBackup()).id;
    const last_automatic_backup: LastBackup = { at, id, fingerprint };
    await updateStoreFile(this.#store.layout.storeFile, { last_automatic_backup }, this.#store.io);
    if (!isSame) await backups.pruneBackups();
  }

  async #isEmpty(): Promise<boolean> {
    const files = await this.#store.list().catch((error: unknown) => {
      if (hasCode(error, 'STORE_NOT_A_STORE')) return [];
      throw error;
    });
    return files.length === 0;
  }

  async #last(): Promise<LastBackup | undefined> {
    const { layout } = this.#store;
    const content = await readStoreFile(layout.storeFile, this.#store);
    const last = content?.last_automatic_backup;
    return typeof last?.at === 'string' && !Number.isNaN(Date.parse(last.at)) ? last : undefined;
  }

  async #exists(id: string): Promise<boolean> {
    const { backups } = await this.#options.backups.listBackups();
    return backups.some((backup) => backup.id === id);
  }

  async #fingerprint(): Promise<string> {
    const hash = createHash('sha256');
    const files = await this.#store.list({ settled: true });
    for await (const { file, metadata, size } of listMetadata(this.#store, files)) {
      // without a revision, as in stores of the original, the size must do
      const state = metadata?.revision_id ?? size;
      hash.update(JSON.stringify([file.id, file.status, state]));
    }
    return hash.digest('hex');
  }
}

function warn(error: unknown): void {
  process.emitWarning(`tgstore: an automatic backup failed: ${(error as Error).message}`);
}

const HOUR_MS = 60 * 60 * 1000;
const RETRY_MS = 10 * 60 * 1000;
