import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { BackupDirectory, type BackupList } from './backup-directory.ts';
import type { BackupContents } from './contents.ts';
import { type CreateBackupOptions, type CreatedBackup, createBackup } from './create-backup.ts';
import { directoryContents } from './directory-contents.ts';
import { type PruneOptions, pruneBackups } from './prune-backups.ts';
import {
  type RestoreBackupOptions,
  type RestoreContext,
  type RestoreResult,
  restoreBackup,
} from './restore-backup.ts';
import type { RetentionDecision } from './retention.ts';
import { type VerifiedBackup, type VerifyBackupOptions, verifyBackup } from './verify-backup.ts';

/** Options of {@link BackupManager}. */
export interface BackupManagerOptions {
  /** The directory to back up. */
  readonly storageDir: string;
  /** Where the archives are. @default `backups` in `storageDir` */
  readonly backupDir?: string | undefined;
  /** How many automatic backups `pruneBackups` keeps where no rule is given. @default 5 */
  readonly maxBackups?: number | undefined;
  /** Which files a directory has, and how they are read and put back. @default the regular files in it */
  readonly contentsOf?: ((directory: string) => BackupContents) | undefined;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: (() => number) | undefined;
}

/**
 * Backups of a directory: plain tar archives, each with a manifest that proves it.
 *
 * @example
 * const backups = new BackupManager({ storageDir: 'data' });
 * const { id } = await backups.createBackup({ tag: 'pre-update' });
 * await backups.restoreBackup(id, { overwrite: true });
 */
export class BackupManager {
  /** Absolute path of the directory with the archives. */
  readonly backupDir: string;
  readonly #context: RestoreContext;
  readonly #maxBackups: number;

  constructor({
    storageDir,
    backupDir = join(storageDir, 'backups'),
    maxBackups = 5,
    contentsOf = directoryContents,
    now = Date.now,
  }: BackupManagerOptions) {
    if (!storageDir) throw new TypeError('storageDir must be the path of a directory');
    if (!(Number.isInteger(maxBackups) && maxBackups >= 0)) {
      throw new TypeError('maxBackups must be a whole number, 0 or more');
    }
    this.backupDir = resolve(backupDir);
    this.#maxBackups = maxBackups;
    const directory = new BackupDirectory(this.backupDir);
    this.#context = { directory, storageDir: resolve(storageDir), contentsOf, now };
  }

  /**
   * Makes an archive, reads it again, and only then gives it its name; resolves when it is synced.
   *
   * @throws {@link BackupError} `BACKUP_INVALID_TAG`, `BACKUP_UNSUPPORTED`, `BACKUP_DAMAGED` where the disk, or a file, gave back
   * something else; `ENOENT` where `storageDir` is missing
   */
  async createBackup(options: CreateBackupOptions = {}): Promise<CreatedBackup> {
    const { directory, contentsOf, storageDir, now } = this.#context;
    // else the directory of the archives would be made in nothing
    await access(storageDir);
    return await createBackup(directory, contentsOf(storageDir), now, options);
  }

  /** The backups, newest first, without unpacking any; and the names of what else is in their directory. */
  async listBackups(): Promise<BackupList> {
    return await this.#context.directory.list();
  }

  /**
   * Reads a whole archive, and compares each file with the manifest in it.
   *
   * @param id of the backup, or what only it begins with
   * @throws {@link BackupError} `BACKUP_NOT_FOUND`, `BACKUP_AMBIGUOUS`, `BACKUP_DAMAGED`, `BACKUP_UNSAFE`, `BACKUP_TOO_NEW`,
   * `BACKUP_NEEDS_KEY`, `BACKUP_WRONG_KEY`, `BACKUP_UNSUPPORTED`
   */
  async verifyBackup(id: string, options: VerifyBackupOptions = {}): Promise<VerifiedBackup> {
    const { directory, now } = this.#context;
    return await verifyBackup(directory, id, now, options);
  }

  /**
   * Puts the files of a backup back, after all of it was verified. What is there already stays without `overwrite`; with it, what
   * is replaced is kept in another backup. Can be run again when it was interrupted.
   *
   * @param id of the backup, or what only it begins with
   * @throws {@link BackupError} as {@link verifyBackup}; `BACKUP_NO_SPACE`
   */
  async restoreBackup(id: string, options: RestoreBackupOptions = {}): Promise<RestoreResult> {
    return await restoreBackup(this.#context, id, options);
  }

  /** Removes automatic backups that no rule keeps; resolves to what was decided of each backup, newest first, and why. */
  async pruneBackups(options: PruneOptions = {}): Promise<RetentionDecision[]> {
    const { directory, now } = this.#context;
    return await pruneBackups(directory, this.#maxBackups, now, options);
  }
}
