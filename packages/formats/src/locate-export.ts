import type { Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { FormatError } from './errors.ts';

/**
 * The absolute path of the file to read: the path itself where it is a file or a pipe, `result.json` in it where it
 * is a folder. Looks only, opens nothing.
 *
 * @throws {@link FormatError} `FORMAT_NOT_FOUND` when nothing is there, `FORMAT_NO_RESULT_JSON` when a folder has no
 * `result.json` or the path is neither file nor folder, `FORMAT_HTML_EXPORT` when the folder is an HTML export.
 */
export async function locateExport(path: string): Promise<string> {
  if (path === '') throw new TypeError('The path of an export must not be empty');
  const absolute = resolve(path);
  const found = await statIfThere(absolute);
  if (!found) {
    throw new FormatError(
      'FORMAT_NOT_FOUND',
      `${absolute} does not exist; pass a result.json or the folder that holds it`,
      { path: absolute },
    );
  }
  if (found.isDirectory()) return locateInFolder(absolute);
  if (found.isFile() || found.isFIFO()) return absolute;
  throw new FormatError(
    'FORMAT_NO_RESULT_JSON',
    `${absolute} is neither a file nor a folder; pass a result.json or the folder that holds it`,
    { path: absolute },
  );
}

async function locateInFolder(folder: string): Promise<string> {
  const file = join(folder, 'result.json');
  if ((await statIfThere(file))?.isFile()) return file;
  const names = await readdir(folder);
  if (names.some((name) => HTML_EXPORT.test(name))) {
    throw new FormatError(
      'FORMAT_HTML_EXPORT',
      `${folder} is an export as HTML, which can't be read; export again as JSON: Settings > Advanced > Export Telegram data (or chat menu > Export chat history), format: Machine-readable JSON`,
      { path: folder },
    );
  }
  throw new FormatError(
    'FORMAT_NO_RESULT_JSON',
    `${folder} has no result.json; pass the folder of an export, or a file`,
    { path: folder },
  );
}

async function statIfThere(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

const HTML_EXPORT = /^(?:messages\d*|export_results)\.html$/;
