import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { ExplorerError } from './errors.ts';

export interface PageFile {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whether its name changes with its content. */
  readonly isForever: boolean;
}

/**
 * The files of the built page by their addresses, `/index.html`, `/assets/…`. They are read once: no request reaches the disk, and
 * an update meanwhile mixes no versions.
 */
export async function readPageFiles(directory: string): Promise<ReadonlyMap<string, PageFile>> {
  const files = new Map<string, PageFile>();
  try {
    for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const address = `/${relative(directory, path).split(sep).join('/')}`;
      const type = TYPES.get(extname(entry.name)) ?? 'application/octet-stream';
      const bytes = new Uint8Array(await readFile(path));
      files.set(address, { type, bytes, isForever: address.startsWith('/assets/') });
    }
  } catch (error) {
    throw noPage(directory, error);
  }
  if (!files.has('/index.html')) throw noPage(directory);
  return files;
}

function noPage(directory: string, cause?: unknown): ExplorerError {
  const why = cause instanceof Error ? ` (${cause.message})` : '';
  const message = `the page is missing in ${directory}${why}; install @tgstore/cli again`;
  return new ExplorerError('EXPLORER_NO_PAGE', message, directory);
}

const TYPES = new Map([
  ['.css', 'text/css; charset=utf-8'],
  ['.html', 'text/html; charset=utf-8'],
  ['.ico', 'image/x-icon'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.json', 'application/json'],
  ['.png', 'image/png'],
  ['.svg', 'image/svg+xml'],
  ['.webmanifest', 'application/manifest+json'],
  ['.woff2', 'font/woff2'],
]);
