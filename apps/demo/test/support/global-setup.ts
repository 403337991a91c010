import { buildPage } from './build-page.ts';
import { ensureChromium } from './find-chromium.ts';

/** Before all tests: a browser, and the page as it is built from today's sources. */
export function setup(): void {
  const lack = ensureChromium();
  if (lack) process.stderr.write(`The tests in a browser are skipped: ${lack}\n`);
  buildPage();
}
