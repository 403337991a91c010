// How an archive comes back.
// 1. Nothing changes before the whole archive was read and proved.
// 2. What is unpacked is proved again, and synced, before it is moved to its place.
// 3. What is replaced has a second link before, and keeps it until an archive of it was made and proved.
// 4. Interrupted anywhere, the same call goes on: what is in its place is unchanged, and what was put aside is archived first.

import * as fs from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import {
  ensureDirectory,
  isTemporaryName,
  openTemporary,
  sweepTemporaryFiles,
  syncDirectory,
  type TemporaryFile,
} from '@tgstore/fs';
import type { ArchiveName } from './archive-name.ts';
import type { BackupDirectory } from './backup-directory.ts';
import type { BackupContents, PutResult } from './contents.ts';
import { type CreatedBackup, createBackup } from './create-backup.ts';
import type { DecryptionOptions, EncryptionOptions } from './encryption.ts';
import { BackupError, hasCode } from './errors.ts';
import { ifThere, namesIn, statIfThere, unlinkIfThere } from './if-there.ts';
import type { Manifest, ManifestFile, WholeArchive } from './manifest.ts';
import { type ReadArchiveOptions, readArchive } from './read-archive.ts';

/** Options of {@link BackupManager.restoreBackup}. */
export interface RestoreBackupOptions extends DecryptionOptions {
  /** Replaces what is there and differs; it is kept in a backup tagged `pre-restore`. @default false */
  readonly overwrite?: boolean | undefined;
  /** The directory to restore to; made where it is missing. @default where the backup is from */
  readonly to?: string | undefined;
  /** Only these files, by name or id. @default all */
  readonly only?: readonly string[] | undefined;
  /** Says what would happen, and changes nothing. @default false */
  readonly dryRun?: boolean | undefined;
  /** Stops between two files; rejects with its reason. Those before it stay restored. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each file that was put in its place. */
  readonly onFile?: ((file: RestoredItem) => void) | undefined;
  /** For whom the `pre-restore` backup is encrypted. @default nobody: it is not encrypted */
  readonly encryptFor?: EncryptionOptions | undefined;
}

/** What became of one file. */
export interface RestoredItem {
  /** Its name in the directory. */
  readonly name: string;
  /** The id of its conversation, where it is one. */
  readonly id: string | undefined;
  /** What became of it; in a dry run, what would. */
  readonly result: PutResult;
}

/** What a restore did. */
export interface RestoreResult {
  /** The backup that it read. */
  readonly id: string;
  /** What became of each file, in the order of the archive. */
  readonly items: readonly RestoredItem[];
  /** What was replaced; `undefined` where nothing was. */
  readonly preRestore: CreatedBackup | undefined;
}

/** Where it comes from, where it goes, and how one looks into either. */
export interface RestoreContext {
  readonly directory: BackupDirectory;
  /** Absolute path of the directory that was backed up. */
  readonly storageDir: string;
  readonly contentsOf: (directory: string) => BackupContents;
  readonly now: () => number;
}

export async function restoreBackup(
  context: RestoreContext,
  idOrPrefix: string,
  options: RestoreBackupOptions,
): Promise<RestoreResult> {
  const { directory } = context;
  const name = await directory.find(idOrPrefix);
  return await directory.whileInUse(name.path, async (path) => {
    const { identities, passphrase, signal } = options;
    const reading = { identities, passphrase, signal, shownPath: name.path };
    const read = await readArchive(path, name, reading);
    const chosen = choose(read.manifest, options.only, name.path);
    const restore = new Restore(context, { name, path, reading, read, chosen }, options);
    restore.assertAccepted();
    return options.dryRun ? await restore.preview() : await restore.run();
  });
}

interface Source {
  readonly name: ArchiveName & { readonly path: string };
  /** The path under which it is read. */
  readonly path: string;
  readonly reading: ReadArchiveOptions;
  readonly read: WholeArchive;
  readonly chosen: readonly ManifestFile[];
}

class Restore {
  readonly #context: RestoreContext;
  readonly #source: Source;
  readonly #options: RestoreBackupOptions;
  readonly #target: string;
  readonly #contents: BackupContents;
  readonly #aside: string;

  constructor(context: RestoreContext, source: Source, options: RestoreBackupOptions) {
    this.#context = context;
    this.#source = source;
    this.#options = options;
    this.#target = resolve(options.to ?? context.storageDir);
    this.#contents = context.contentsOf(this.#target);
    this.#aside = join(this.#contents.workDirectory, 'replaced');
  }

  assertAccepted(): void {
    const { chosen, name } = this.#source;
    const strange = chosen.find((file) => !this.#contents.accepts(file.name));
    if (!strange) return;
    const message = `${name.path} is refused: ${JSON.stringify(strange.name)} does not belong into ${this.#target}; nothing was restored`;
    throw new BackupError('BACKUP_UNSAFE', name.path, message);
  }

  async preview(): Promise<RestoreResult> {
    const { overwrite = false } = this.#options;
    const items: RestoredItem[] = [];
    for (const file of this.#source.chosen) {
      const result = await this.#contents.wouldPut(file, { overwrite });
      items.push({ name: file.name, id: file.id, result });
    }
    return { id: this.#source.name.id, items, preRestore: undefined };
  }

  async run(): Promise<RestoreResult> {
    const { workDirectory } = this.#contents;
    await ensureDirectory(this.#target);
    await this.#contents.prepare?.();
    await ensureDirectory(dirname(workDirectory));
    const sign = await this.#occupy();
    try {
      await sweepTemporaryFiles(workDirectory);
      await this.#assertSpace();
      // of a restore that was interrupted
      const before = await this.#archiveAside();
      const unpacked = await this.#unpack();
      try {
        const items = await this.#putAll(unpacked);
        const preRestore = (await this.#archiveAside()) ?? before;
        return { id: this.#source.name.id, items, preRestore };
      } finally {
        for (const file of unpacked.values()) await file.discard();
      }
    } finally {
      await sign.discard();
      await this.#removeIfEmpty();
    }
  }

  /** Makes the work directory; the file in it keeps others, who restore too, from removing it. */
  async #occupy(): Promise<TemporaryFile> {
    for (;;) {
      await ensureDirectory(this.#contents.workDirectory);
      try {
        return await openTemporary(this.#contents.workDirectory);
      } catch (error) {
        if (!hasCode(error, 'ENOENT')) throw error;
      }
    }
  }

  async #assertSpace(): Promise<void> {
    const { workDirectory } = this.#contents;
    const { bavail, bsize } = await fs.statfs(workDirectory);
    const needed = this.#source.chosen.reduce((sum, { size }) => sum + size, 0);
    if (needed <= bavail * bsize) return;
    const message = `${this.#source.name.path} unpacks to ${needed} bytes, and the disk of ${this.#target} has ${bavail * bsize} left; free some`;
    throw new BackupError('BACKUP_NO_SPACE', this.#target, message);
  }

  /** Files under temporary names, complete and synced. */
  async #unpack(): Promise<Map<string, TemporaryFile>> {
    const { name, path, reading, read, chosen } = this.#source;
    const wanted = new Set(chosen.map((file) => file.name));
    const unpacked = new Map<string, TemporaryFile>();
    const onFile = async (file: string, content: AsyncIterable<Uint8Array>): Promise<void> => {
      if (!wanted.has(file)) {
        for await (const _chunk of content);
        return;
      }
      const temporary = await openTemporary(this.#contents.workDirectory);
      unpacked.set(file, temporary);
      for await (const chunk of content) await temporary.write(chunk);
      await temporary.finish();
    };
    try {
      const again = await readArchive(path, name, { ...reading, onFile });
      if (again.sha256 === read.sha256) return unpacked;
      const message = `${name.path} changed while it was read; try again`;
      throw new BackupError('BACKUP_DAMAGED', name.path, message);
    } catch (error) {
      for (const file of unpacked.values()) await file.discard();
      throw error;
    }
  }

  async #putAll(unpacked: ReadonlyMap<string, TemporaryFile>): Promise<RestoredItem[]> {
    const { overwrite = false, signal, onFile } = this.#options;
    const items: RestoredItem[] = [];
    for (const file of this.#source.chosen) {
      signal?.throwIfAborted();
      const path = unpacked.get(file.name)?.path ?? '';
      const putAside = (replaced: string): Promise<void> => this.#putAside(replaced);
      const result = await this.#contents.put({ ...file, path }, { overwrite, putAside });
      const item = { name: file.name, id: file.id, result };
      items.push(item);
      onFile?.(item);
    }
    return items;
  }

  async #putAside(path: string): Promise<void> {
    const link = join(this.#aside, basename(path));
    for (let attempt = 1; ; attempt++) {
      await ensureDirectory(this.#aside);
      try {
        await fs.link(path, link);
        break;
      } catch (error) {
        if (attempt === MAX_ATTEMPTS) throw error;
        // whoever restores at the same time may remove the directory when it is empty
        if (hasCode(error, 'ENOENT') && (await statIfThere(path))) continue;
        if (!hasCode(error, 'EEXIST')) throw error;
        const [one, other] = [await statIfThere(path), await statIfThere(link)];
        if (one?.ino === other?.ino) break;
        // another state of the same file, from another restore at the same time
        await this.#archiveAside();
      }
    }
    await syncDirectory(this.#aside);
  }

  /** Makes a backup of what was put aside, and removes it when that is proved. */
  async #archiveAside(): Promise<CreatedBackup | undefined> {
    const before = await this.#listAside();
    if (before.size === 0) return undefined;
    const { directory, contentsOf, now } = this.#context;
    const options = { tag: 'pre-restore', ...this.#options.encryptFor };
    const archived = new Set<string>();
    const onFile = ({ name }: ManifestFile): void => void archived.add(name);
    const contents = contentsOf(this.#aside);
    const create = createBackup(directory, contents, now, { ...options, onFile });
    const created = await create.catch(async (error: unknown) => {
      // whoever restores at the same time has archived all of it
      if ((await this.#listAside()).size > 0) throw error;
      return undefined;
    });
    const after = await this.#listAside();
    for (const [name, state] of before) {
      // whoever restores at the same time may have archived it, and put aside a later state
      if (!archived.has(name) || after.get(name) !== state) continue;
      await unlinkIfThere(join(this.#aside, name));
    }
    return created;
  }

  /** Names of what was put aside, and what changes when another file stands there: an inode alone is used again. */
  async #listAside(): Promise<Map<string, string>> {
    const states = new Map<string, string>();
    for (const name of await namesIn(this.#aside)) {
      const stats = await statIfThere(join(this.#aside, name));
      if (stats) states.set(name, `${stats.ino} ${stats.ctimeNs}`);
    }
    return states;
  }

  async #removeIfEmpty(): Promise<void> {
    const { workDirectory } = this.#contents;
    try {
      // somebody else restores, and may be about to list what was put aside
      if ((await fs.readdir(workDirectory)).some(isTemporaryName)) return;
      await ifThere(fs.rmdir(this.#aside));
      await fs.rmdir(workDirectory);
    } catch {
      // what was put aside could not be archived
    }
  }
}

function choose(
  manifest: Manifest,
  only: readonly string[] | undefined,
  path: string,
): readonly ManifestFile[] {
  if (only === undefined) return manifest.files;
  const isNamed = ({ name, id }: ManifestFile, wanted: string): boolean =>
    name === wanted || id === wanted;
  const missing = only.find((wanted) => !manifest.files.some((file) => isNamed(file, wanted)));
  if (missing !== undefined) {
    const message = `${path} has no ${missing}; nothing was restored`;
    throw new BackupError('BACKUP_NOT_FOUND', path, message);
  }
  return manifest.files.filter((file) => only.some((wanted) => isNamed(file, wanted)));
}

/** Of putting a file aside, while others do the same. */
const MAX_ATTEMPTS = 10;
