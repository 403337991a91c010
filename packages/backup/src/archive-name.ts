import { BackupError } from './errors.ts';

/** How an archive is compressed. */
export type Compression = 'gzip' | 'zstd';

/** What the name of an archive says: `20261123T014500Z_pre-update.tar.gz`. */
export interface ArchiveName {
  /** The name without its endings; unique in a directory. */
  readonly id: string;
  readonly name: string;
  /** When it was begun, to the second; ISO 8601, UTC. */
  readonly createdAt: string;
  /** What it was made for; automatic archives have none. */
  readonly tag: string | undefined;
  readonly compression: Compression;
  readonly encrypted: boolean;
}

export interface NameParts {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly tag: string | undefined;
  readonly compression: Compression;
  readonly encrypted: boolean;
}

export function archiveName({ time, tag, compression, encrypted }: NameParts): ArchiveName {
  const createdAt = `${new Date(time).toISOString().slice(0, 19)}Z`;
  const id = createdAt.replaceAll(/[-:]/g, '') + (tag === undefined ? '' : `_${tag}`);
  const name = `${id}.tar.${compression === 'gzip' ? 'gz' : 'zst'}${encrypted ? '.age' : ''}`;
  return { id, name, createdAt, tag, compression, encrypted };
}

/** The archive that a file is by its name; `undefined` for all others. */
export function parseArchiveName(name: string): ArchiveName | undefined {
  const match = /^(\d{8}T\d{6}Z)(?:_([a-z0-9-]+))?\.tar\.(gz|zst)(\.age)?$/.exec(name);
  if (!match) return undefined;
  const [, stamp = '', tag, ending, age] = match;
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(stamp) ?? [];
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(time)) return undefined;
  const compression = ending === 'gz' ? 'gzip' : 'zstd';
  const parsed = archiveName({ time, tag, compression, encrypted: age !== undefined });
  return parsed.name === name ? parsed : undefined;
}

/** @throws {@link BackupError} `BACKUP_INVALID_TAG` */
export function assertTag(tag: string | undefined, directory: string): void {
  if (tag === undefined || /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/.test(tag)) return;
  const message = `${JSON.stringify(tag.slice(0, 60))} can't be a tag: use up to 40 of a-z, 0-9 and inner -`;
  throw new BackupError('BACKUP_INVALID_TAG', directory, message);
}

/** The file beside an archive that says what is in it. */
export function sidecarName({ id }: Pick<ArchiveName, 'id'>): string {
  return `${id}.manifest.json`;
}
