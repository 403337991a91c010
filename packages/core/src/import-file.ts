import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  describeReport,
  type ExportReader,
  FormatError,
  locateExport,
  openExport,
  type ReadOptions,
  type ReadReport,
} from '@tgstore/formats';
import { namePath } from '@tgstore/fs';
import type { ContentChange } from './change-content.ts';
import type { EnhancedFileManager } from './enhanced-file-manager.ts';
import { StoreError } from './errors.ts';
import type { ImportFailure } from './import.ts';

/** Options of {@link EnhancedFileManager.importConversationsFromJson}. */
export interface ImportFileOptions {
  /** Puts conversations in the place of those that the store has, instead of merging them. @default false */
  readonly overwrite?: boolean | undefined;
  /** Imports what is whole when the file is cut off, damaged or has bad chats. @default false */
  readonly salvage?: boolean | undefined;
  /** IANA name of the exporting computer's zone, for exports with local times only. @default UTC */
  readonly timeZone?: string | undefined;
  /** The conversation id of a single chat that has none in the export. */
  readonly conversationId?: string | undefined;
  /** Stops reading; rejects with its reason, and nothing has changed. */
  readonly signal?: AbortSignal | undefined;
  /** Called while the file is read. */
  readonly onProgress?:
    | ((event: { readonly bytes: number; readonly totalBytes: number }) => void)
    | undefined;
}

/** What an import did. */
export interface ImportedFile {
  /** Absolute path of the file that was read. */
  readonly source: string;
  /** What was done to each conversation; those of which it was clear that nothing changes are left out. */
  readonly changed: ReadonlyMap<string, ContentChange>;
  /** Conversations in the file, those included that changed nothing. */
  readonly conversations: number;
  /** Those that were left out; empty without `salvage`. */
  readonly failures: readonly ImportFailure[];
  /** What the reader repaired, skipped, assumed. */
  readonly report: ReadReport;
}

/** An export that was found and recognised. */
export interface OpenExport {
  /** Absolute path of the file. */
  readonly source: string;
  /** Reads it. */
  readonly reader: ExportReader;
  /** Closes the file; for who does not begin to read its conversations. */
  readonly close: () => void;
}

/** Merges an export into the store. */
export async function importFile(
  store: EnhancedFileManager,
  path: string,
  { overwrite, salvage = false, onProgress, ...options }: ImportFileOptions,
): Promise<ImportedFile> {
  const { source, reader, close } = await openExportFile(resolve(path), {
    ...options,
    onBytes: onProgress && ((bytes, totalBytes) => onProgress({ bytes, totalBytes })),
  });
  const { signal } = options;
  const stageOptions = { keepGoing: salvage, overwrite, signal };
  await using staged = await store
    .stageImport(reader.conversations(), stageOptions)
    .catch((error: unknown) => {
      close();
      throw nameSource(error, source);
    });
  if (!salvage) refuseIncomplete(source, reader.report);
  const changed = await staged.commit();
  const { conversations, failures } = staged;
  return { source, changed, conversations: conversations.length, failures, report: reader.report };
}

/** Options of {@link openExportFile}. */
export interface OpenExportOptions extends Omit<ReadOptions, 'onBytes'> {
  /** Called with how many bytes of how many were read. */
  readonly onBytes?: ((bytes: number, totalBytes: number) => void) | undefined;
}

/** Opens `result.json`, the folder it is in, or a bundle. Errors name the file. */
export async function openExportFile(
  path: string,
  { onBytes, ...options }: OpenExportOptions,
): Promise<OpenExport> {
  const source = await locateExport(path);
  const { size } = await stat(source);
  const stream = createReadStream(source, { highWaterMark: CHUNK_BYTES });
  try {
    const tell = onBytes && ((bytes: number): void => onBytes(bytes, size));
    const reader = await openExport(bytesOf(stream, source), { ...options, onBytes: tell });
    return { source, reader, close: () => void stream.destroy() };
  } catch (error) {
    stream.destroy();
    throw nameSource(error, source);
  }
}

async function* bytesOf(
  stream: AsyncIterable<Uint8Array>,
  path: string,
): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (error) {
    throw namePath(error, path);
  }
}

/**
 * After all was read: refuses exports that are cut off, damaged or have chats which can't be read.
 *
 * @throws {@link FormatError} `FORMAT_TRUNCATED`, `FORMAT_INVALID_JSON`
 */
export function refuseIncomplete(source: string, report: ReadReport): void {
  const stop = report.truncated ?? report.damaged;
  if (!stop && report.skipped.count === 0) return;
  const [what] = describeReport(report);
  const code = report.truncated ? 'FORMAT_TRUNCATED' : 'FORMAT_INVALID_JSON';
  const whole = `${report.messages} messages of ${report.conversations} conversations are whole`;
  throw new FormatError(code, `${source}: ${what}; ${whole}: --salvage imports them`, {
    path: source,
    offset: stop?.offset,
  });
}

/** The reader sees a stream; whoever reads its errors wants to know of which file it speaks. */
export function nameSource(error: unknown, source: string): unknown {
  if (error instanceof StoreError && error.path === undefined) {
    return new StoreError(error.code, source, `${source}: ${error.message}`, { cause: error });
  }
  if (!(error instanceof FormatError) || error.path !== undefined) return error;
  const { code, offset } = error;
  const message = `${source}: ${error.message}`;
  return new FormatError(code, message, { path: source, offset, cause: error });
}

const CHUNK_BYTES = 1024 * 1024;
