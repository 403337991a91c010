import type { FileSystem } from '@tgstore/fs';
import { compareMessageIds } from '@tgstore/schema';
import { hasCode, StoreError } from './errors.ts';
import type { StoredFile, StoreLayout } from './layout.ts';

export interface ListOptions {
  /**
   * Scans until two scans agree: one scan of a directory in which others rename can miss names. For work that must
   * not miss a conversation. @default false
   */
  readonly settled?: boolean | undefined;
}

/**
 * The conversations of a store, from file names alone, in the order of their ids. One that stands under both names
 * is given once, as unprocessed.
 *
 * @throws {@link StoreError} `STORE_NOT_A_STORE` when the directory is missing or has nothing of a store in it.
 */
export async function listFiles(
  layout: StoreLayout,
  fileSystem: FileSystem,
  { settled = false }: ListOptions = {},
): Promise<StoredFile[]> {
  let files = await scan(layout, fileSystem);
  while (settled) {
    const again = await scan(layout, fileSystem);
    if (sameIds(files, again)) return again;
    files = again;
  }
  return files;
}

async function scan(layout: StoreLayout, fileSystem: FileSystem): Promise<StoredFile[]> {
  const names = await fileSystem.readdir(layout.directory).catch((error: unknown) => {
    throw hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR') ? notAStore(layout, error) : error;
  });
  const files = new Map<string, StoredFile>();
  let isStore = false;
  for (const name of names) {
    isStore ||= layout.entry(name) === layout.ownDirectory;
    const file = layout.parse(name);
    if (file && isPreferred(file, files.get(file.id))) files.set(file.id, file);
  }
  if (!isStore && files.size === 0) throw notAStore(layout);
  return [...files.values()].sort((a, b) => compareMessageIds(a.id, b.id));
}

function isPreferred(file: StoredFile, other: StoredFile | undefined): boolean {
  if (!other) return true;
  return file.status === other.status ? file.canonical : file.status === 'unprocessed';
}

function sameIds(first: StoredFile[], second: StoredFile[]): boolean {
  return first.length === second.length && first.every(({ id }, index) => id === second[index]?.id);
}

function notAStore(layout: StoreLayout, cause?: unknown): StoreError {
  return new StoreError(
    'STORE_NOT_A_STORE',
    layout.directory,
    `${layout.directory} is not a store; import into it, or name another with --store or TGSTORE_DIR`,
    { cause },
  );
}
