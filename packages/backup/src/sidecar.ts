import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { atomicWrite, namePath } from '@tgstore/fs';
import { type ArchiveName, sidecarName } from './archive-name.ts';
import { hasCode } from './errors.ts';
import { type BackupCounts, isInstant, type Manifest, type WholeArchive } from './manifest.ts';
import { assertRegular } from './read-regular.ts';

/**
 * What stands beside an archive, so that nobody must unpack it to know what is in it. Only a copy: what an archive has is
 * proved by reading it.
 */
export interface Sidecar {
  readonly created_at: string;
  readonly tag?: string | undefined;
  readonly counts: BackupCounts;
  /** Of the archive: size in bytes and SHA-256, hexadecimal. */
  readonly archive: { readonly size: number; readonly sha256: string };
  /** When all of it was last read and found right; ISO 8601, UTC. */
  readonly verified_at?: string | undefined;
  /** Not of an encrypted archive: names tell whom one talks to. */
  readonly files?: Manifest['files'] | undefined;
}

export async function writeSidecar(
  directory: string,
  name: ArchiveName,
  archive: WholeArchive,
  verifiedAt: Date,
): Promise<void> {
  const { manifest, size, sha256 } = archive;
  const sidecar: Sidecar = {
    created_at: manifest.created_at,
    ...(manifest.tag !== undefined && { tag: manifest.tag }),
    counts: manifest.counts,
    archive: { size, sha256 },
    verified_at: verifiedAt.toISOString(),
    ...(!name.encrypted && { files: manifest.files }),
  };
  await atomicWrite(join(directory, sidecarName(name)), `${JSON.stringify(sidecar, null, 1)}\n`);
}

/** What stands beside an archive; `undefined` where that is missing, or does not fit the archive. */
export async function readSidecar(
  directory: string,
  name: ArchiveName,
  archiveSize: number,
): Promise<Sidecar | undefined> {
  const path = join(directory, sidecarName(name));
  try {
    await assertRegular(path);
    const text = await readFile(path, 'utf8');
    const sidecar = JSON.parse(text) as Partial<Sidecar> | null;
    return isSidecar(sidecar) && sidecar.archive.size === archiveSize ? sidecar : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || hasCode(error, 'ENOENT', 'EISDIR', 'BACKUP_DAMAGED'))
      return undefined;
    throw namePath(error, path);
  }
}

function isSidecar(value: Partial<Sidecar> | null): value is Sidecar {
  return (
    isInstant(value?.created_at) &&
    (value.tag === undefined || typeof value.tag === 'string') &&
    typeof value.archive?.size === 'number' &&
    typeof value.archive.sha256 === 'string' &&
    typeof value.counts?.files === 'number' &&
    typeof value.counts.bytes === 'number' &&
    typeof value.counts.messages === 'number' &&
    (value.verified_at === undefined || isInstant(value.verified_at))
  );
}
