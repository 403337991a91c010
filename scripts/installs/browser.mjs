import { equal } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { tsImport } from 'tsx/esm/api';

const require = createRequire(import.meta.url);
const support = '../../apps/demo/test/support';

/**
 * Bundles a page that imports the installed @tgstore/schema, and runs it in Chromium.
 * @returns what was done: `kB` of the bundle, and `ran`, or why not
 */
export async function useInBrowser(directory) {
  // esbuild is what tsup builds our packages with
  const { build } = createRequire(require.resolve('tsup'))('esbuild');
  const { outputFiles } = await build({
    stdin: {
      contents: readFileSync(join(import.meta.dirname, 'uses/schema-in-browser.mjs'), 'utf8'),
      resolveDir: directory,
    },
    bundle: true,
    minify: true,
    // an import of a node: module is an error
    platform: 'browser',
    format: 'iife',
    write: false,
    logLevel: 'silent',
  });
  const [{ text }] = outputFiles;
  const kB = Math.round(text.length / 1000);
  const { findChromium } = await tsImport(`${support}/find-chromium.ts`, import.meta.url);
  if (!findChromium()) return { kB, ran: 'not run: no Chromium, name one in TGSTORE_CHROMIUM' };
  const { launchChromium } = await tsImport(`${support}/launch-chromium.ts`, import.meta.url);
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    const errors = [];
    page.on('pageerror', ({ message }) => errors.push(message));
    await page.addScriptTag({ content: text });
    equal(errors.join(), '');
    equal(await page.title(), '7 Earlier undefined · 9007199254740993 Hi 2023-11-15T12:30:00Z');
    return { kB, ran: `run in Chromium ${browser.version()}` };
  } finally {
    await browser.close();
  }
}
