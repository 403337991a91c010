// Planted bugs: sources of the workspace that are changed on their way into a process or a bundle, to see that a proof finds what
// they break.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Options } from 'tsup';

export interface Plant {
  /** As in `packages/core/src/claims.ts`. */
  readonly file: string;
  /** What stands in the file exactly once. */
  readonly replace: string;
  readonly by: string;
}

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

/** A plugin of esbuild. The build fails where a text to be replaced is not in its file, or the file is not in the bundle. */
export function planting(plants: readonly Plant[]): Plugin {
  return {
    name: 'planting',
    setup(build) {
      const pending = new Set(plants);
      for (const plant of plants) {
        const path = fileURLToPath(new URL(`../../../${plant.file}`, import.meta.url));
        build.onLoad(
          { filter: new RegExp(`${escapePattern(plant.file)}$`) },
          async ({ path: loaded }) => {
            if (loaded !== path) return undefined;
            const all = plants.filter(({ file }) => file === plant.file);
            for (const one of all) pending.delete(one);
            return { contents: all.reduce(apply, await readFile(path, 'utf8')), loader: 'ts' };
          },
        );
      }
      build.onEnd(() => {
        for (const { file } of pending) throw new Error(`${file} is not in the bundle`);
      });
    },
  };
}

/**
 * Flags with which Node loads sources that have the bugs; they must come before those of tsx, which gets what they give. A file whose
 * text is not there once ends the process.
 */
export function plantFlags(plants: readonly Plant[]): string[] {
  if (plants.length === 0) return [];
  const hooks = `
    import { readFile } from 'node:fs/promises';
    const plants = ${JSON.stringify(plants)};
    ${apply}
    export async function load(url, context, next) {
      const loaded = await next(url, context);
      const path = url.split('?')[0];
      const own = plants.filter(({ file }) => path.endsWith('/' + file));
      if (own.length === 0) return loaded;
      const source = loaded.source ?? (await readFile(new URL(path)));
      const text = typeof source === 'string' ? source : new TextDecoder().decode(source);
      return { ...loaded, source: own.reduce(apply, text) };
    }`;
  const register = `
    import { register } from 'node:module';
    register(${JSON.stringify(dataUrl(hooks))});`;
  return ['--import', dataUrl(register)];
}

function dataUrl(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

/** @throws where the text to be replaced is not there, or several times */
export function apply(source: string, { file, replace, by }: Plant): string {
  const parts = source.split(replace);
  if (parts.length === 2) return parts.join(by);
  throw new Error(`${file} has ${parts.length - 1} times what a planted bug replaces: ${replace}`);
}

function escapePattern(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
