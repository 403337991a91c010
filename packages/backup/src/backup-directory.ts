import * as fs from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { isTemporaryName, sweepTemporaryFiles, temporaryName } from '@tgstore/fs';
import { type ArchiveName, parseArchiveName, sidecarName } from './archive-name.ts';
import { BackupError, hasCode } from './errors.ts';
import { namesIn, statIfThere, unlinkIfThere } from './if-there.ts';
import type { BackupCounts } from './manifest.ts';
import { readSidecar } from './sidecar.ts';

/** One archive, as its name and what stands beside it say. */
export interface Backup {
  /** `20261123T014500Z_pre-update` */
  readonly id: string;
  /** Absolute path of the archive. */
  readonly path: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Automatic ones have none. */
  readonly tag: string | undefined;
  /** Of the archive, in bytes. */
  readonly size: number;
  /** `undefined` until it is verified, where the file beside it is missing. */
  readonly counts: BackupCounts | undefined;
  /** When all of it was last read and found right; ISO 8601, UTC. */
  readonly verifiedAt: string | undefined;
  /** Whether it needs an identity or a passphrase to be read. */
  readonly encrypted: boolean;
}

/** What a backup directory has. */
export interface BackupList {
  /** Newest first. */
  readonly backups: Backup[];
  /** Names of what is no backup; nothing here ever touches it. */
  readonly foreign: string[];
}

/** The directory in which the archives are. */
export class BackupDirectory {
  /** Absolute path. */
  readonly path: string;

  constructor(path: string) {
    this.path = resolve(path);
  }

  /** From names and the files beside the archives; none is unpacked. A directory that is missing has none. */
  async list(): Promise<BackupList> {
    const names = await namesIn(this.path);
    const archives = names.flatMap((name) => parseArchiveName(name) ?? []);
    const backups = (await Promise.all(archives.map((name) => this.#describe(name)))).flat();
    backups.sort((a, b) => order(b.createdAt, a.createdAt) || order(b.id, a.id));
    const ours = new Set(backups.flatMap((backup) => [basename(backup.path), sidecarName(backup)]));
    const foreign = names.filter((name) => !ours.has(name) && !isTemporaryName(name));
    return { backups, foreign: foreign.sort() };
  }

  /** Whether there is one of this second: each has its own, so that their order is known and their times name them. */
  async hasOneOf(createdAt: string): Promise<boolean> {
    const names = await namesIn(this.path);
    return names.some((name) => parseArchiveName(name)?.createdAt === createdAt);
  }

  /**
   * The archive with this id, or the only one whose id begins so.
   *
   * @throws {@link BackupError} `BACKUP_NOT_FOUND`, `BACKUP_AMBIGUOUS`
   */
  async find(idOrPrefix: string): Promise<ArchiveName & { readonly path: string }> {
    const archives = (await namesIn(this.path)).flatMap((name) => parseArchiveName(name) ?? []);
    const exact = archives.filter(({ id, name }) => id === idOrPrefix || name === idOrPrefix);
    const matching =
      exact.length > 0 ? exact : archives.filter(({ id }) => id.startsWith(idOrPrefix));
    const [found, other] = idOrPrefix === '' ? [] : matching;
    if (!found) {
      const message = `no backup ${idOrPrefix} in ${this.path}; list shows those that are there`;
      throw new BackupError('BACKUP_NOT_FOUND', this.path, message);
    }
    if (other) {
      const message = `${matching.length} backups begin with ${idOrPrefix} (${found.name}, ${other.name}, …); give more of the id`;
      throw new BackupError('BACKUP_AMBIGUOUS', this.path, message);
    }
    return { ...found, path: join(this.path, found.name) };
  }

  /**
   * Runs `work` while the archive is not pruned: it has a second, temporary name meanwhile, and is read under that. Those of
   * killed processes are swept.
   *
   * @throws {@link BackupError} `BACKUP_NOT_FOUND` when it was pruned since it was found
   */
  async whileInUse<T>(path: string, work: (path: string) => Promise<T>): Promise<T> {
    const link = join(this.path, temporaryName());
    try {
      await fs.link(path, link);
    } catch (error) {
      if (hasCode(error, 'ENOENT')) {
        const message = `${path} was removed meanwhile; list shows those that are there`;
        throw new BackupError('BACKUP_NOT_FOUND', path, message, { cause: error });
      }
      // a disk without links, or one that can only be read: an open file is read to its end all the same
      if (!hasCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EROFS', 'EACCES', 'EMLINK'))
        throw error;
      return await work(path);
    }
    try {
      return await work(link);
    } finally {
      await unlinkIfThere(link);
    }
  }

  /** Inodes of the archives that are in use, by whatever process, after {@link sweep}. */
  async inUse(): Promise<Set<bigint>> {
    const inodes = new Set<bigint>();
    for (const name of await this.sweep()) {
      const stats = await statIfThere(join(this.path, name));
      if (stats) inodes.add(stats.ino);
    }
    return inodes;
  }

  /** Removes the parts of archives, and the links, that killed processes left; resolves to the names of those that are in use. */
  async sweep(): Promise<string[]> {
    const temporary = (await namesIn(this.path)).filter(isTemporaryName);
    // never by age: a link has that of its archive
    if (temporary.length > 0) await sweepTemporaryFiles(this.path, { maxAgeMs: Infinity });
    const used: string[] = [];
    for (const name of temporary) {
      const path = join(this.path, name);
      const stats = await statIfThere(path);
      // that it was linked changed it: what is older than a day was left by a process of which nothing is known
      if (stats && Date.now() - Number(stats.ctimeMs) > DAY_MS) await unlinkIfThere(path);
      else if (stats) used.push(name);
    }
    return used;
  }

  async #describe(name: ArchiveName): Promise<Backup[]> {
    const path = join(this.path, name.name);
    const stats = await statIfThere(path);
    if (!stats?.isFile()) return [];
    const size = Number(stats.size);
    const sidecar = await readSidecar(this.path, name, size);
    const { id, tag, encrypted } = name;
    return [
      {
        id,
        path,
        createdAt: sidecar?.created_at ?? name.createdAt,
        tag: sidecar?.tag ?? tag,
        size,
        counts: sidecar?.counts,
        verifiedAt: sidecar?.verified_at,
        encrypted,
      },
    ];
  }
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

const DAY_MS = 24 * 60 * 60 * 1000;
