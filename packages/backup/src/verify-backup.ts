import type { BackupDirectory } from './backup-directory.ts';
import type { DecryptionOptions } from './encryption.ts';
import { hasCode } from './errors.ts';
import type { BackupCounts } from './manifest.ts';
import { readArchive } from './read-archive.ts';
import { writeSidecar } from './sidecar.ts';

/** Options of {@link BackupManager.verifyBackup}. */
export interface VerifyBackupOptions extends DecryptionOptions {
  /** Stops; rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called with how many bytes of the archive were read. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

/** A backup that was read whole and found right. */
export interface VerifiedBackup {
  /** `20261123T014500Z_pre-update` */
  readonly id: string;
  /** Absolute path of the archive. */
  readonly path: string;
  /** Of the archive, in bytes. */
  readonly size: number;
  /** What is in it. */
  readonly counts: BackupCounts;
}

/** Reads a whole archive, proves it, and notes beside it when. */
export async function verifyBackup(
  directory: BackupDirectory,
  idOrPrefix: string,
  now: () => number,
  options: VerifyBackupOptions,
): Promise<VerifiedBackup> {
  const name = await directory.find(idOrPrefix);
  const read = await directory.whileInUse(name.path, (path) =>
    readArchive(path, name, { ...options, shownPath: name.path }),
  );
  await writeSidecar(directory.path, name, read, new Date(now())).catch((error: unknown) => {
    // a disk that can only be read: it is right all the same
    if (!hasCode(error, 'EROFS', 'EACCES')) throw error;
  });
  return { id: name.id, path: name.path, size: read.size, counts: read.manifest.counts };
}
