import { atomicWrite, type Durability, type FileSystem } from '@tgstore/fs';
import { hasCode, StoreError } from './errors.ts';
import { readRecord } from './file-bytes.ts';

/** What a store says of itself in `.tgstore/store.json`; never needed to read its conversations. */
export interface StoreFile {
  readonly format_version: number;
  /** ISO 8601, UTC. */
  readonly created_at: string;
  readonly last_automatic_backup?: LastBackup | undefined;
}

export interface LastBackup {
  /** When it was made, or when nothing had changed since; ISO 8601, UTC. */
  readonly at: string;
  readonly id: string;
  /** Stands for the ids, statuses and revisions that it has. */
  readonly fingerprint: string;
}

type Disk = { readonly durability: Durability; readonly fileSystem: FileSystem };

/** Makes the file where there is none. @throws {@link StoreError} `STORE_VERSION_TOO_NEW` */
export async function ensureStoreFile(path: string, disk: Disk): Promise<void> {
  const existing = await readStoreFile(path, disk);
  if (existing !== undefined) {
    refuseNewerFormat(path, existing);
    return;
  }
  const content: StoreFile = {
    format_version: FORMAT_VERSION,
    created_at: new Date().toISOString(),
  };
  try {
    await atomicWrite(path, `${JSON.stringify(content)}\n`, { exclusive: true, ...disk });
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
}

/** `undefined` where there is none; an empty one where it is broken: the conversations do not need it. */
export async function readStoreFile(
  path: string,
  { fileSystem }: Pick<Disk, 'fileSystem'>,
): Promise<Partial<StoreFile> | undefined> {
  const bytes = await readRecord(fileSystem, path, MAX_SIZE);
  if (!bytes) return undefined;
  if (bytes === 'foreign') return {};
  try {
    const content: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof content === 'object' && content !== null ? content : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

/** Changes some fields; for those who hold the lock under which they are changed. */
export async function updateStoreFile(
  path: string,
  changes: Partial<StoreFile>,
  disk: Disk,
): Promise<void> {
  const content = { ...(await readStoreFile(path, disk)), ...changes };
  await atomicWrite(path, `${JSON.stringify(content)}\n`, disk);
}

/** Only who writes must know the format of the whole. */
function refuseNewerFormat(path: string, content: Partial<StoreFile>): void {
  const { format_version: version } = content;
  if (typeof version !== 'number' || version <= FORMAT_VERSION) return;
  const message = `${path}: written by a newer tgstore (format ${version}); update tgstore to write to this store`;
  throw new StoreError('STORE_VERSION_TOO_NEW', path, message);
}

const FORMAT_VERSION = 1;
const MAX_SIZE = 4096;
