import type { FileSystem } from '@tgstore/fs';
import { type ConversationStatus, compareMessageIds } from '@tgstore/schema';
import { hasCode, StoreError } from './errors.ts';
import { IntegerNames } from './integer-names.ts';
import type { StoredFile, StoreLayout } from './layout.ts';

/** Options of {@link FileManager.listFiles}. */
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
  let files = filesIn(await scan(layout, fileSystem), layout);
  while (settled) {
    const again = filesIn(await scan(layout, fileSystem), layout);
    if (sameIds(files, again)) return again;
    files = again;
  }
  return files;
}

/** The ids of {@link listFiles}, in one scan; those of one status where that is given. */
export async function listIds(
  layout: StoreLayout,
  fileSystem: FileSystem,
  wanted: ConversationStatus | undefined,
): Promise<string[]> {
  const { before, integers, after } = await scan(layout, fileSystem);
  const ids: string[] = [];
  const take = (id: string, status: ConversationStatus): void => {
    if (wanted === undefined || status === wanted) ids.push(id);
  };
  for (const { id, status } of before) take(id, status);
  integers.forEach(take);
  for (const { id, status } of after) take(id, status);
  return ids;
}

/** Whether a file is wanted by its status: `processed` chooses one, without it both are. */
export function hasStatus({ status }: StoredFile, processed: boolean | undefined): boolean {
  return processed === undefined || (status === 'processed') === processed;
}

/** What one scan found, in the order of ids. */
interface Scan {
  /** Integers below all of {@link integers}. */
  readonly before: readonly StoredFile[];
  readonly integers: IntegerNames;
  /** Integers above them, then ids that are no integers. */
  readonly after: readonly StoredFile[];
}

async function scan(layout: StoreLayout, fileSystem: FileSystem): Promise<Scan> {
  const names = await fileSystem.readdir(layout.directory).catch((error: unknown) => {
    throw hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR') ? notAStore(layout, error) : error;
  });
  const integers = new IntegerNames(names.length);
  const others = new Map<string, StoredFile>();
  let isStore = false;
  names.forEach((name) => {
    if (integers.add(name)) return;
    isStore ||= layout.entry(name) === layout.ownDirectory;
    const file = layout.parse(name);
    if (file && isPreferred(file, others.get(file.id))) others.set(file.id, file);
  });
  if (!isStore && integers.isEmpty && others.size === 0) throw notAStore(layout);
  const sorted = [...others.values()].sort((a, b) => compareMessageIds(a.id, b.id));
  // too long to be among the integers, so on one side of all of them
  const isBefore = ({ id }: StoredFile): boolean => compareMessageIds(id, '0') < 0;
  const before = sorted.filter(isBefore);
  return { before, integers, after: sorted.slice(before.length) };
}

function filesIn({ before, integers, after }: Scan, layout: StoreLayout): StoredFile[] {
  const files = [...before];
  integers.forEach((id, status) => {
    files.push(layout.integerFile(id, status));
  });
  for (const file of after) files.push(file);
  return files;
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
    `${layout.directory} is not a store; check the path, or import into it`,
    { cause },
  );
}
