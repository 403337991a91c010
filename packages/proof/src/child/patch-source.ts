/** One place of a source file that is another one in a mutation run. */
export interface Patch {
  /** The end of the path: `core/src/mark.ts`. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/**
 * Flags with which Node loads a source file with one place of it replaced; they must come before those of tsx. A file that does not
 * have the place once is not loaded at all.
 */
export function patchFlags(patch: Patch): string[] {
  const hooks = `
    const { file, from, to } = ${JSON.stringify(patch)};
    export async function load(url, context, next) {
      const loaded = await next(url, context);
      if (!url.split('?')[0].endsWith(file)) return loaded;
      const { readFile } = await import('node:fs/promises');
      const source = loaded.source ?? (await readFile(new URL(url)));
      const text = typeof source === 'string' ? source : new TextDecoder().decode(source);
      const parts = text.split(from);
      if (parts.length !== 2) throw new Error(file + ' has ' + (parts.length - 1) + ' times ' + from);
      return { ...loaded, source: parts.join(to) };
    }`;
  const register = `
    import { register } from 'node:module';
    register(${JSON.stringify(dataUrl(hooks))});`;
  return ['--import', dataUrl(register)];
}

function dataUrl(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`;
}
