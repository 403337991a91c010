import { dirname } from 'node:path';
import {
  type Durability,
  ensureDirectory,
  type FileSystem,
  renameDurably,
  shareSyncs,
  sweepTemporaryFiles,
  syncDirectory,
} from '@tgstore/fs';
import type { ConversationStatus } from '@tgstore/schema';
import { ConversationFile } from './conversation-file.ts';
import { type ConversationGuard, type HeldGuard, unguarded } from './conversation-guard.ts';
import { hasCode, StoreError } from './errors.ts';
import { type FileIdentity, SMALLEST_IN_PLACE } from './file-snapshot.ts';
import { type StoredFile, StoreLayout } from './layout.ts';
import { type ListOptions, listFiles, listIds } from './listing.ts';
import { ensureStoreFile } from './store-file.ts';

interface StoreDirectoryOptions {
  readonly durability: Durability;
  readonly fileSystem: FileSystem;
  readonly guard: ConversationGuard;
  /** Files from this size on are appended to in place, in bytes. @default 1 MiB */
  readonly appendInPlaceFrom?: number | undefined;
}

/** What every part of core needs of a store on disk: its paths, its calls, its rules for look-ups and first writes. */
export class StoreDirectory {
  readonly layout: StoreLayout;
  readonly durability: Durability;
  readonly fileSystem: FileSystem;
  readonly appendInPlaceFrom: number;
  /** Ids of claims of this process that could not be given back, for instance on a full disk. */
  readonly abandonedClaims = new Set<string>();
  readonly #guard: ConversationGuard;
  readonly #made = new Set<string>();
  #prepared: Promise<void> | undefined;

  constructor(
    path: string,
    { durability, fileSystem, guard, appendInPlaceFrom = IN_PLACE_FROM }: StoreDirectoryOptions,
  ) {
    this.layout = new StoreLayout(path);
    this.durability = durability;
    this.fileSystem = shareSyncs(fileSystem);
    this.#guard = guard;
    this.appendInPlaceFrom = Math.max(appendInPlaceFrom, SMALLEST_IN_PLACE);
  }

  get path(): string {
    return this.layout.directory;
  }

  /** How the functions of `@tgstore/fs` shall write here. */
  get io(): { readonly durability: Durability; readonly fileSystem: FileSystem } {
    return { durability: this.durability, fileSystem: this.fileSystem };
  }

  async list(options: ListOptions = {}): Promise<StoredFile[]> {
    return await listFiles(this.layout, this.fileSystem, options);
  }

  /** The ids in {@link list}, of one status where that is given. */
  async listIds(wanted?: ConversationStatus): Promise<string[]> {
    return await listIds(this.layout, this.fileSystem, wanted);
  }

  /** The file of a conversation, the unprocessed one first; `undefined` where there is none. */
  async find(id: string): Promise<StoredFile | undefined> {
    // twice: its status may change between the look at one name and at the other
    return (await this.#look(id)) ?? (await this.#look(id));
  }

  async #look(id: string): Promise<StoredFile | undefined> {
    for (const file of this.layout.candidates(id)) {
      if (await this.exists(file.path)) return file;
    }
    return undefined;
  }

  /** As {@link find}. @throws {@link StoreError} `STORE_NOT_FOUND`, or `STORE_NOT_A_STORE` where there is none at all */
  async findOrFail(id: string): Promise<StoredFile> {
    for (let attempts = 10; ; attempts -= 1) {
      const file = await this.find(id);
      if (file) return file;
      // renamed between our looks, again and again
      const isListed = (await this.list()).some((listed) => listed.id === id);
      if (!isListed || attempts <= 1) break;
    }
    const message = `no conversation ${id} in ${this.path}; tgstore list shows those that are there`;
    throw new StoreError('STORE_NOT_FOUND', this.path, message);
  }

  /** Opens the file of a conversation for reading. @throws {@link StoreError} `STORE_NOT_FOUND` */
  async open(id: string, check: (file: StoredFile) => void = () => {}): Promise<ConversationFile> {
    for (let attempts = 10; ; attempts -= 1) {
      for (const file of this.layout.candidates(id)) {
        try {
          const opened = await this.openFile(file);
          return await closeOnFailure(opened, () => check(file));
        } catch (error) {
          const isGone = hasCode(error, 'ENOENT');
          if (!isGone || attempts <= 1) throw error;
        }
      }
      // renamed between our looks, or not there
      await this.findOrFail(id);
    }
  }

  /** As {@link open}; `undefined` where there is none, or it is deleted meanwhile. */
  async openIfThere(id: string): Promise<ConversationFile | undefined> {
    // to open what is not there lists the directory
    if (!(await this.find(id))) return undefined;
    try {
      return await this.open(id);
    } catch (error) {
      if (hasCode(error, 'STORE_NOT_FOUND') || hasCode(error, 'STORE_NOT_A_STORE'))
        return undefined;
      throw error;
    }
  }

  /** Opens a file for reading, as it was before an append that is in progress. */
  async openFile(file: StoredFile): Promise<ConversationFile> {
    const { fileSystem } = this;
    const undoPath = this.layout.undoRecordOf(file);
    return await ConversationFile.open(file.path, { fileSystem, undoPath, status: file.status });
  }

  /** Whether a file is still the one that was opened. */
  async isUnchanged({ path }: StoredFile, identity: FileIdentity): Promise<boolean> {
    const now = await this.fileSystem.lstat(path, { bigint: true }).catch((error: unknown) => {
      // renamed or deleted since it was found
      if (!hasCode(error, 'ENOENT')) throw error;
      return undefined;
    });
    return (
      now !== undefined &&
      now.ino === identity.inode &&
      now.size === identity.size &&
      now.mtimeNs === identity.modifiedNs
    );
  }

  async rename(from: StoredFile, to: StoredFile): Promise<void> {
    await renameDurably(from.path, to.path, this.io);
  }

  /** The names in one of its directories; none where that is missing. */
  async namesIn(directory: string): Promise<string[]> {
    return await this.fileSystem.readdir(directory).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return [];
      throw error;
    });
  }

  async exists(path: string): Promise<boolean> {
    try {
      await this.fileSystem.lstat(path);
      return true;
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return false;
      throw error;
    }
  }

  /** Makes the directory and its parents; returns those that did not exist, the deepest first. */
  async makeDirectory(): Promise<string[]> {
    const missing: string[] = [];
    for (let path = this.path; !(await this.exists(path)); path = dirname(path)) missing.push(path);
    try {
      await ensureDirectory(this.path, this.io);
      return missing;
    } catch (error) {
      await this.removeIfEmpty(missing);
      throw error;
    }
  }

  /** Removes directories, the deepest first, as far as they are there and empty. */
  async removeIfEmpty(paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      try {
        await this.fileSystem.rmdir(path);
      } catch (error) {
        // somebody uses it by now
        if (!hasCode(error, 'ENOENT')) return;
      }
    }
  }

  /** Runs a change of one conversation while no other process changes it, where the store is guarded. */
  async change<T>(
    id: string,
    operation: string,
    change: (guard: HeldGuard) => Promise<T>,
  ): Promise<T> {
    // locks are kept in the store
    if (this.#guard !== unguarded) await this.prepareToWrite();
    return await this.#guard(id, operation, change);
  }

  /**
   * Before a file of this size is replaced or gets its processed name: the undo record of its last append, which another process may
   * have removed and not lived to sync, must not come back after a power failure and meet what follows.
   */
  async confirmAppends(size: number): Promise<void> {
    if (size < SMALLEST_IN_PLACE || this.durability === 'relaxed') return;
    await syncDirectory(this.path, this.io);
  }

  /** As {@link confirmAppends}, for the file at a path. */
  async confirmAppendsTo(path: string): Promise<void> {
    const { size } = await this.fileSystem.lstat(path);
    await this.confirmAppends(size);
  }

  /** Makes one of its directories; once, if nobody removes it. */
  async inDirectory<T>(directory: string, work: () => Promise<T>): Promise<T> {
    if (this.#made.has(directory)) {
      try {
        return await work();
      } catch (error) {
        if (!hasCode(error, 'ENOENT')) throw error;
      }
    }
    await ensureDirectory(directory, this.io);
    this.#made.add(directory);
    return await work();
  }

  /** Before any write: makes the directory, and sweeps what a killed process left, once. */
  async prepareToWrite(): Promise<void> {
    this.#prepared ??= this.#prepare();
    try {
      await this.#prepared;
    } catch (error) {
      this.#prepared = undefined;
      throw error;
    }
  }

  /** Before a conversation is written or marked. @throws {@link StoreError} `STORE_NEEDS_RECOVERY` */
  async refuseWhereInterrupted(id: string): Promise<void> {
    const record = this.layout.undoRecord(id);
    if (!(await this.exists(record))) return;
    const message = `an append to conversation ${id} was interrupted (${record}); run tgstore recover`;
    throw new StoreError('STORE_NEEDS_RECOVERY', record, message);
  }

  /**
   * Where one of its own directories is a link, what is written there would be outside of the store.
   *
   * @throws {@link StoreError} `STORE_INVALID_FILE`
   */
  async refuseLinks(): Promise<void> {
    for (const path of this.layout.ownDirectories) {
      const stats = await this.fileSystem.lstat(path).catch((error: unknown) => {
        if (!hasCode(error, 'ENOENT')) throw error;
        return undefined;
      });
      if (!stats || stats.isDirectory()) continue;
      throw new StoreError('STORE_INVALID_FILE', path, `${path} is no directory; move it away`);
    }
  }

  async #prepare(): Promise<void> {
    const { layout, io } = this;
    await ensureDirectory(layout.directory, io);
    await this.refuseLinks();
    await ensureDirectory(layout.ownDirectory, io);
    const { directory, ownDirectory, stateDirectory, changesDirectory } = layout;
    await this.#sweep(directory, ownDirectory, stateDirectory, changesDirectory);
    await ensureStoreFile(layout.storeFile, io);
  }

  /** Sweeps what a killed process left where only restoring and recovering write. */
  async sweepWorkDirectories(): Promise<void> {
    await this.#sweep(this.layout.restoreDirectory, this.layout.quarantineDirectory);
  }

  async #sweep(...paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      try {
        await sweepTemporaryFiles(path, { fileSystem: this.fileSystem });
      } catch (error) {
        // made at the first write of a record
        if (!hasCode(error, 'ENOENT')) throw error;
      }
    }
  }
}

/** Below it, writing a file anew is cheaper than the two more syncs of an append in place (bench/README.md). */
const IN_PLACE_FROM = 1024 * 1024;

async function closeOnFailure(
  file: ConversationFile,
  check: () => void,
): Promise<ConversationFile> {
  try {
    check();
    return file;
  } catch (error) {
    await file[Symbol.asyncDispose]();
    throw error;
  }
}
