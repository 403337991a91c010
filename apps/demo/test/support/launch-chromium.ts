import { type Browser, chromium } from 'playwright-core';
import { findChromium } from './find-chromium.ts';

export type { Browser, Page } from 'playwright-core';

/** Starts the Chromium of this machine; it calls nobody by itself. */
export async function launchChromium(args: readonly string[] = []): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('There is no Chromium here');
  return chromium.launch({
    executablePath,
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // a turn of the wheel is there at once
      '--disable-smooth-scrolling',
      ...args,
    ],
  });
}
