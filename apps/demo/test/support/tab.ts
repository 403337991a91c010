import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll } from 'vitest';
import { findChromium } from './find-chromium.ts';
import { launchChromium } from './launch-chromium.ts';
import { collectProblems } from './problems.ts';

export interface TabOptions extends BrowserContextOptions {
  /** Problems that the test brings about itself. */
  readonly expected?: RegExp | undefined;
}

/** A tab of its own, with nothing of other tests in it. */
export interface Tab extends AsyncDisposable {
  readonly page: Page;
  /** What went wrong so far: errors, refusals of the policy, requests to other hosts. */
  readonly problems: readonly string[];
}

/** Whether this machine can't run the tests in a browser; `global-setup.ts` says why. */
export const hasNoChromium = findChromium() === undefined;

let browser: Promise<Browser> | undefined;
afterAll(async () => (await browser)?.close());

/** Opens an address; at the end of its scope the test fails where anything went wrong in the tab. */
export async function openTab(url: string, options: TabOptions = {}): Promise<Tab> {
  const { expected, ...contextOptions } = options;
  browser ??= launchChromium();
  const context = await (await browser).newContext({
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    ...contextOptions,
  });
  context.setDefaultTimeout(20_000);
  const problems = collectProblems(context, new URL(url).origin, expected);
  const page = await context.newPage();
  await page.goto(url);
  return {
    page,
    problems,
    async [Symbol.asyncDispose]() {
      await context.close();
      if (problems.length > 0) throw new Error(`In the tab:\n${problems.join('\n')}`);
    },
  };
}
