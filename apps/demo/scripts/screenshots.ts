// Pictures of the explorer for the documentation, from the sample store that `pnpm start` makes: pnpm screenshots [DIRECTORY]
import { cpSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { EnhancedFileManager } from '@tgstore/core';
import { tempDirectory } from '@tgstore/testkit';
import type { Browser, Page } from 'playwright-core';
import { buildPage } from '../test/support/build-page.ts';
import { ensureChromium } from '../test/support/find-chromium.ts';
import { launchChromium } from '../test/support/launch-chromium.ts';
import { serveStore } from '../test/support/serve.ts';
import { type Shot, shots } from './shots.ts';

const root = join(import.meta.dirname, '../../..');
const sample = join(root, 'sample');
const target = join(root, process.argv[2] ?? 'docs/images');

const lack = existsSync(join(sample, 'chats')) ? ensureChromium() : 'run pnpm start first';
if (lack) {
  console.error(`No screenshots: ${lack}`);
  process.exit(1);
}
buildPage();
await using copy = await tempDirectory();
const storageDir = join(copy.path, 'chats');
await prepareStore();
await using explorer = await serveStore(storageDir, {
  mediaDirectories: [join(sample, 'export')],
  processing: { command: 'node digest.mjs', work: digest },
});
const browser = await launchChromium();
mkdirSync(target, { recursive: true });
for (const shot of shots) await take(browser, shot);
await browser.close();

async function take(browser: Browser, { name, path, theme, size, prepare }: Shot): Promise<void> {
  const isPhone = size === 'phone';
  const context = await browser.newContext({
    viewport: isPhone ? { width: 390, height: 844 } : { width: 1280, height: 800 },
    isMobile: isPhone,
    hasTouch: isPhone,
    colorScheme: theme,
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
  });
  const page = await context.newPage();
  await page.goto(explorer.address);
  await page.goto(new URL(path, explorer.address).href);
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await page.waitForLoadState('load');
  await prepare?.(page);
  await hidePath(page);
  await imagesLoaded(page);
  const file = join(target, `explorer-${name}-${theme}${isPhone ? '-phone' : ''}.png`);
  await page.screenshot({ path: file });
  console.log(`${file} ${Math.round(statSync(file).size / 1024)} KB`);
  await context.close();
}

/** Pictures shall look the same wherever they are made. */
async function hidePath(page: Page): Promise<void> {
  await page.evaluate((path) => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.textContent?.includes(path)) {
        node.textContent = node.textContent.replace(path, '~/sample');
      }
    }
  }, copy.path);
}

async function imagesLoaded(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    [...document.images].every((image) => {
      const { top, bottom } = image.getBoundingClientRect();
      return image.complete || bottom < 0 || top > innerHeight;
    }),
  );
}

/** A copy of the sample, with a backup, and some conversations that wait to be processed. */
async function prepareStore(): Promise<void> {
  // sockets of those that hold locks can't be copied
  const filter = (path: string) => basename(path) !== 'locks';
  cpSync(join(sample, 'chats'), storageDir, { recursive: true, filter });
  await using store = new EnhancedFileManager({ storageDir });
  await store.createManualBackup({ tag: 'after-the-import' });
  const ids = await store.listConversations();
  for (const id of ids.filter((_, index) => index % 3 === 0)) await store.markAsUnprocessed(id);
}

/** What the job does: not all goes well. */
async function digest({ id }: { readonly id: string }): Promise<void> {
  if (id.endsWith('4')) throw new Error('the command ended with status 1: the index is full');
}
