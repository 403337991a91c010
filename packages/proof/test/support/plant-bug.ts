import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** One replacement in a source, named from `packages/`. */
export interface Bug {
  readonly file: string;
  readonly text: string;
  readonly instead: string;
}

/**
 * Flags with which Node loads a copy of a source that has the bug, written to `directory`; all else it loads from its place.
 *
 * @throws where the source has not that text exactly once
 */
export async function plantBug({ file, text, instead }: Bug, directory: string): Promise<string[]> {
  const original = new URL(`../../../${file}`, import.meta.url);
  const source = await readFile(original, 'utf8');
  if (source.split(text).length !== 2) throw new Error(`${file} has not once: ${text}`);
  const copy = join(directory, 'copy.mts');
  await writeFile(copy, source.replace(text, instead));
  const hooks = join(directory, 'hooks.mjs');
  const place = { original: original.href, copy: pathToFileURL(copy).href };
  await writeFile(hooks, HOOKS.replace('PLACE', JSON.stringify(place)));
  const register = join(directory, 'register.mjs');
  const url = JSON.stringify(pathToFileURL(hooks).href);
  await writeFile(register, `import { register } from 'node:module';\nregister(${url});\n`);
  return ['--import', pathToFileURL(register).href];
}

/** What the copy imports is found as from its original. */
const HOOKS = `
const { original, copy } = PLACE;
export async function resolve(specifier, context, next) {
  const isCopy = context.parentURL?.startsWith(copy);
  const found = await next(specifier, isCopy ? { ...context, parentURL: original } : context);
  return found.url.split('?')[0] === original ? { ...found, url: copy } : found;
}
`;
