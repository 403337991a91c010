import { resolve } from 'node:path';
import { type BundleItem, writeBundle } from '@tgstore/formats';
import { atomicWrite } from '@tgstore/fs';
import type { FileManager } from './file-manager.ts';
import type { StoredFile } from './layout.ts';
import { hasStatus } from './listing.ts';

/** Options of {@link EnhancedFileManager.exportConversationsToJson}. */
export interface ExportFileOptions {
  /** Only processed, or only unprocessed ones. @default both */
  readonly processed?: boolean | undefined;
  /** Only these conversations. @default all */
  readonly ids?: readonly string[] | undefined;
  /** Replaces the file, if it exists. @default false */
  readonly overwrite?: boolean | undefined;
  /** Stops between two pieces; rejects with its reason, and the file is as it was. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each conversation. */
  readonly onProgress?:
    | ((event: { readonly done: number; readonly total: number }) => void)
    | undefined;
}

/** What was written. */
export interface ExportedFile {
  /** How many it has. */
  readonly conversations: number;
  /** How many messages they have together. */
  readonly messages: number;
  /** Bytes of the bundle. */
  readonly bytes: number;
}

/** A bundle on its way out: the pieces of its text, and what they hold when they have been read. */
export interface BundleStream extends AsyncIterable<string> {
  /** Complete when the pieces have been read. */
  readonly written: ExportedFile;
}

/** Writes conversations with their status to a bundle. It appears whole, or not at all. */
export async function exportFile(
  files: FileManager,
  path: string,
  options: ExportFileOptions,
): Promise<ExportedFile> {
  const bundle = await streamBundle(files, options);
  const { overwrite = false, signal } = options;
  await atomicWrite(resolve(path), bundle, { exclusive: !overwrite, signal });
  return bundle.written;
}

/**
 * The text of a bundle, in bounded memory. Which conversations it has is decided now; each comes in the state that it has at
 * its turn.
 *
 * @throws {@link StoreError} `STORE_NOT_FOUND` where one of `ids` is not there
 */
export async function streamBundle(
  files: FileManager,
  options: ExportFileOptions = {},
): Promise<BundleStream> {
  const chosen = await choose(files, options);
  const written = { conversations: chosen.length, messages: 0, bytes: 0 };
  async function* pieces(): AsyncGenerator<string> {
    const bundle = writeBundle(items(files, chosen, written, options), {
      exportedAt: new Date().toISOString(),
      conversationCount: chosen.length,
    });
    for await (const piece of bundle) {
      written.bytes += Buffer.byteLength(piece);
      yield piece;
    }
  }
  return { written, [Symbol.asyncIterator]: pieces };
}

/** The ids that an export has, in order. */
export async function chooseForExport(
  files: FileManager,
  options: Pick<ExportFileOptions, 'processed' | 'ids'>,
): Promise<string[]> {
  return (await choose(files, options)).map(({ id }) => id);
}

async function choose(
  files: FileManager,
  { processed, ids = [] }: ExportFileOptions,
): Promise<StoredFile[]> {
  const wanted = new Set(ids);
  const chosen = (await files.listFiles({ settled: true })).filter(
    (file) => hasStatus(file, processed) && (wanted.size === 0 || wanted.has(file.id)),
  );
  const found = new Set(chosen.map(({ id }) => id));
  // names the first that is not there
  for (const id of ids) if (!found.has(id)) await files.readMetadata(id);
  return chosen;
}

async function* items(
  files: FileManager,
  chosen: readonly StoredFile[],
  written: { messages: number },
  { signal, onProgress }: ExportFileOptions,
): AsyncGenerator<BundleItem> {
  for (const [index, { id }] of chosen.entries()) {
    signal?.throwIfAborted();
    await using file = await files.openConversation(id);
    const { metadata, other } = await file.readHead();
    const messages = async function* () {
      for await (const message of file.messages()) {
        written.messages += 1;
        yield message;
      }
    };
    yield { id, status: file.status, metadata, other, messages: messages() };
    onProgress?.({ done: index + 1, total: chosen.length });
  }
}
