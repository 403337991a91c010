import { join } from 'node:path';
import { ensureDirectory, openTemporary, type TemporaryFile } from '@tgstore/fs';
import { type ArchiveName, archiveName, assertTag, type Compression } from './archive-name.ts';
import type { BackupDirectory } from './backup-directory.ts';
import type { BackupContents } from './contents.ts';
import { type EncryptionOptions, encrypterFor } from './encryption.ts';
import { BackupError, hasCode } from './errors.ts';
import { hashFile } from './hash-file.ts';
import type { BackupCounts, ManifestFile, WholeArchive } from './manifest.ts';
import { readArchive } from './read-archive.ts';
import { writeSidecar } from './sidecar.ts';
import { writeArchive } from './write-archive.ts';

/** Options of {@link BackupManager.createBackup}. */
export interface CreateBackupOptions extends EncryptionOptions {
  /** What it is made for: `pre-update`. Archives without a tag are automatic ones, which retention counts. @default none */
  readonly tag?: string | undefined;
  /** `zstd` needs Node 22.15 or newer. @default 'gzip' */
  readonly compression?: Compression | undefined;
  /** Stops; rejects with its reason, and no backup is left. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each file. */
  readonly onFile?: ((file: ManifestFile) => void) | undefined;
}

/** A backup that was made and read again. */
export interface CreatedBackup {
  /** `20261123T014500Z_pre-update` */
  readonly id: string;
  /** Absolute path of the archive. */
  readonly path: string;
  /** Of the archive, in bytes. */
  readonly size: number;
  /** What is in it. */
  readonly counts: BackupCounts;
}

/** Writes an archive under a temporary name, reads it again, and only then gives it its own. */
export async function createBackup(
  directory: BackupDirectory,
  contents: BackupContents,
  now: () => number,
  options: CreateBackupOptions,
): Promise<CreatedBackup> {
  const { tag, compression = 'gzip', recipients, passphrase, signal, onFile } = options;
  assertTag(tag, directory.path);
  const encrypter = await encrypterFor({ recipients, passphrase });
  signal?.throwIfAborted();
  await ensureDirectory(directory.path);
  // a part of a large archive must not stay until one is pruned
  await directory.sweep();
  for (let time = now(); ; time += 1000) {
    const name = archiveName({ time, tag, compression, encrypted: encrypter !== undefined });
    const path = join(directory.path, name.name);
    if (await directory.hasOneOf(name.createdAt)) continue;
    await using file = await openTemporary(directory.path);
    const write = (chunk: Uint8Array): Promise<void> => file.write(chunk);
    const written = await writeArchive(name, contents, write, { encrypter, signal, onFile });
    await file.finish();
    await assertReadable(file.path, name, written, { passphrase, signal });
    if (!(await publishNew(file, path))) continue;
    await writeSidecar(directory.path, name, written, new Date(now()));
    const { size, manifest } = written;
    return { id: name.id, path, size, counts: manifest.counts };
  }
}

/** Resolves to `false` where somebody else took the name meanwhile. */
async function publishNew(file: TemporaryFile, path: string): Promise<boolean> {
  try {
    await file.publish(path, { exclusive: true });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Reads an archive again before anybody relies on it. Where only others can decrypt it, its bytes must do. */
async function assertReadable(
  path: string,
  name: ArchiveName,
  { sha256 }: WholeArchive,
  options: Pick<CreateBackupOptions, 'passphrase' | 'signal'>,
): Promise<void> {
  const isOpen = !name.encrypted || options.passphrase !== undefined;
  const found = isOpen ? (await readArchive(path, name, options)).sha256 : await hashFile(path);
  if (found === sha256) return;
  const message = `${path} does not hold what was written to it; check the disk`;
  throw new BackupError('BACKUP_DAMAGED', path, message);
}
