import { readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { nodeFileSystem } from '@tgstore/fs';
import { type WatchDirectory, watchDirectory } from './directory-events.ts';
import { hasCode } from './errors.ts';
import { READ_ONLY } from './file-bytes.ts';
import { type FileState, lookAtFile } from './look-at-file.ts';
import { settledFiles } from './settled-files.ts';

/** Options of {@link watchFolder}. */
export interface WatchFolderOptions {
  /** Ends the iteration, without an error. */
  readonly signal?: AbortSignal | undefined;
  /** How long size and time of a file stay as they are before it counts as finished, in milliseconds. @default 2_000 */
  readonly settleMs?: number | undefined;
  /** How often to look at all files, for changes of which no event came, in milliseconds. @default 10_000 */
  readonly rescanMs?: number | undefined;
  /** Where events come from; tests lose some. @default watchDirectory */
  readonly watch?: WatchDirectory | undefined;
}

/** A finished export. */
export interface SettledFile {
  /** Absolute. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** When it was last changed, in nanoseconds since 1970. */
  readonly modifiedNs: bigint;
}

/**
 * Gives each finished export in a folder, then each that comes or changes: its files `*.json`, and `result.json` in its
 * direct subdirectories. Finished is what has not changed for a while and ends as JSON does. Hidden files and symbolic
 * links are left out. The folder may be absent at times; goes on until `signal` is aborted or the loop is left.
 */
export async function* watchFolder(
  directory: string,
  { signal, settleMs = 2_000, rescanMs = 10_000, watch = watchDirectory }: WatchFolderOptions = {},
): AsyncGenerator<SettledFile> {
  const folder = resolve(directory);
  const source = {
    directory: folder,
    list: () => listExports(folder),
    // whether another entry is a directory, a look at the file in it will tell
    keyOf: (name: string) => exportOf(folder, name, !isJson(name)),
    look: (path: string) => lookAtExport(folder, path),
  };
  const files = settledFiles(source, { quietMs: settleMs, rescanMs, signal, watch });
  for await (const { key: path, state, forget } of files) {
    const closed = await isClosedJson(path);
    // perhaps somebody has it to himself
    if (closed === undefined) forget();
    if (closed && state && !signal?.aborted) {
      yield { path, size: Number(state.size), modifiedNs: state.modifiedNs };
    }
  }
}

async function listExports(folder: string): Promise<string[] | undefined> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const paths = entries
      .filter((entry) => entry.isFile() || entry.isDirectory())
      .map((entry) => exportOf(folder, entry.name, entry.isDirectory()));
    return paths.filter((path) => path !== undefined).sort();
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** The export that an entry of the folder is or holds, if it counts. */
function exportOf(folder: string, name: string, isDirectory: boolean): string | undefined {
  if (name.startsWith('.') || isJson(name) === isDirectory) return undefined;
  return isDirectory ? join(folder, name, 'result.json') : join(folder, name);
}

function isJson(name: string): boolean {
  return /\.json$/i.test(name);
}

async function lookAtExport(folder: string, path: string): Promise<FileState | undefined> {
  const parent = dirname(path);
  if (parent !== folder && !(await isDirectory(parent))) return undefined;
  return await lookAtFile(path, nodeFileSystem);
}

/** Symbolic links are none. */
async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await nodeFileSystem.lstat(path)).isDirectory();
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return false;
    throw error;
  }
}

/** Whether the last byte that is no white space closes a JSON value; `undefined` where the file can't be read. */
async function isClosedJson(path: string): Promise<boolean | undefined> {
  try {
    await using handle = await nodeFileSystem.open(path, READ_ONLY);
    const stats = await handle.stat();
    if (!stats.isFile()) return undefined;
    const end = Buffer.alloc(Math.min(stats.size, END_BYTES));
    const { bytesRead } = await handle.read(end, 0, end.length, stats.size - end.length);
    return /[}\]][ \t\r\n]*$/.test(end.toString('latin1', 0, bytesRead));
  } catch {
    return undefined;
  }
}

/** More white space than any program writes behind its JSON. */
const END_BYTES = 4096;
