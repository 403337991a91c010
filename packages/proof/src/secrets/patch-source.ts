import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { typeScriptFlags } from '@tgstore/testkit';

/** One line of the source that is another one in a run: a planted fault. */
export interface SourcePatch {
  /** How the path of the module ends. */
  readonly module: string;
  readonly line: string;
  readonly by: string;
}

/** The flags with which Node runs the sources of the workspace, some of them changed. A line that is not there ends the process. */
export async function patchedFlags(
  directory: string,
  patches: readonly SourcePatch[],
): Promise<string[]> {
  if (patches.length === 0) return [...typeScriptFlags];
  const hooks = join(directory, 'patch-hooks.mjs');
  const register = join(directory, 'patch-register.mjs');
  await writeFile(hooks, `const patches = ${JSON.stringify(patches)};\n${LOAD}`);
  const url = JSON.stringify(pathToFileURL(hooks).href);
  await writeFile(register, `import { register } from 'node:module';\nregister(${url});\n`);
  // before the others: what comes later gets the text from here
  return ['--import', pathToFileURL(register).href, ...typeScriptFlags];
}

const LOAD = `export async function load(url, context, next) {
  const loaded = await next(url, context);
  const [path] = url.split('?');
  let source = loaded.source;
  for (const { module, line, by } of patches) {
    if (!path.endsWith(module)) continue;
    const text = String(source);
    if (text.split(line).length !== 2) throw new Error('there is not one ' + line + ' in ' + path);
    source = text.replace(line, () => by);
  }
  return { ...loaded, source };
}
`;
