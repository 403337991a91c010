import type { Metadata } from '@tgstore/schema';
import { hasCode } from './errors.ts';
import type { StoredFile } from './layout.ts';
import { mapInOrder } from './map-in-order.ts';
import type { StoreDirectory } from './store-directory.ts';

/** One conversation of a listing: its metadata, or why they can't be read. */
export interface ListedConversation {
  /** Its file. */
  readonly file: StoredFile;
  /** Its metadata; `undefined` where they can't be read. */
  readonly metadata: Metadata | undefined;
  /** Bytes of the file. */
  readonly size: number;
  /** Why its metadata can't be read. */
  readonly error?: unknown;
}

/** What `FileManager.listMetadata` takes. */
export interface ListMetadataOptions {
  /** Only those of one status; without it, both. */
  readonly processed?: boolean | undefined;
  /** Only these conversations, in this order; those that are not there are left out. @default all */
  readonly ids?: Iterable<string> | undefined;
}

/** The files of these conversations that are there, looked for one by one: the directory is not listed. */
export async function findFiles(
  store: StoreDirectory,
  ids: Iterable<string>,
): Promise<StoredFile[]> {
  const files: StoredFile[] = [];
  for await (const file of mapInOrder(ids, (id) => store.find(id))) if (file) files.push(file);
  return files;
}

/** Reads the metadata of many files, sixteen at a time, and yields them in the order given. */
export async function* listMetadata(
  store: StoreDirectory,
  files: readonly StoredFile[],
): AsyncGenerator<ListedConversation> {
  for await (const listed of mapInOrder(files, (file) => read(store, file))) {
    // deleted since it was listed
    if (!hasCode(listed.error, 'STORE_NOT_FOUND')) yield listed;
  }
}

async function read(store: StoreDirectory, file: StoredFile): Promise<ListedConversation> {
  let size = 0;
  try {
    await using open = await store.open(file.id);
    size = open.size;
    return { file, metadata: await open.readMetadata(), size };
  } catch (error) {
    return { file, metadata: undefined, size, error };
  }
}
