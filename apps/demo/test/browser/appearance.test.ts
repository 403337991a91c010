import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { openExplorer } from '../support/open-explorer.ts';
import { rich, writeRichStore } from '../support/stores/rich.ts';
import { hasNoChromium } from '../support/tab.ts';
import { paths, settled } from '../support/views.ts';

describe.skipIf(hasNoChromium)('the look', () => {
  test('is light or dark as the system, or as it is chosen, and stays so', async () => {
    await using explorer = await openExplorer(writeRichStore, { tab: { colorScheme: 'dark' } });
    const { page } = explorer;
    const button = page.getByRole('button', { name: /^Colours/ });
    await button.waitFor();
    await expect.poll(() => brightness(page), { timeout: 20_000 }).toBeLessThan(64);
    await page.emulateMedia({ colorScheme: 'light' });
    await expect.poll(() => brightness(page), { timeout: 20_000 }).toBeGreaterThan(192);
    await page.getByRole('button', { name: 'Colours: system' }).click();
    await page.getByRole('button', { name: 'Colours: light' }).click();
    await page.getByRole('button', { name: 'Colours: dark' }).waitFor();
    await expect.poll(() => brightness(page), { timeout: 20_000 }).toBeLessThan(64);
    await page.reload();
    await button.waitFor();
    await expect.poll(() => brightness(page), { timeout: 20_000 }).toBeLessThan(64);
  });

  test.each([360, 390])('fits a phone %i pixels wide, in every view', async (width) => {
    await using explorer = await openExplorer(writeRichStore, {
      tab: { viewport: { width, height: 780 }, hasTouch: true, isMobile: true },
    });
    const { page, origin } = explorer;
    for (const path of paths) {
      await page.goto(`${origin}${path}`);
      await settled(page);
      const wide = await page.evaluate(widestElement);
      expect(`${path}: ${wide}`).toBe(`${path}: ${width}`);
    }
  });

  test('on a phone shows the list, then the conversation, and leads back', async () => {
    await using explorer = await openExplorer(writeRichStore, {
      tab: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
    });
    const { page } = explorer;
    const list = page.getByRole('region', { name: 'Conversations' });
    await list.getByRole('link').filter({ hasText: rich.ann.name }).tap();
    await page.getByRole('article').filter({ hasText: 'The end of it' }).waitFor();
    await list.waitFor({ state: 'hidden' });
    await page.getByRole('link', { name: 'Back to the list' }).tap();
    await list.waitFor();
  });

  test('in private mode blurs every name and text, in every view, and stays so', async () => {
    await using explorer = await openExplorer(writeRichStore, { path: `/c/${rich.ann.id}` });
    const { page, origin } = explorer;
    await page.getByRole('article').filter({ hasText: 'The end of it' }).waitFor();
    await page.getByRole('button', { name: /^Private mode/ }).click();
    for (const path of paths) {
      await page.goto(`${origin}${path}`);
      await settled(page);
      expect(`${path}: ${await page.evaluate(readableSecrets, secrets)}`).toBe(`${path}: `);
      expect(await page.title()).not.toContain(rich.ann.name);
    }
    await page.getByRole('button', { name: /^Private mode/ }).click();
    const readable = () => page.evaluate(readableSecrets, secrets);
    await expect.poll(readable, { timeout: 20_000 }).not.toBe('');
  });
});

/** Words that only conversations have. */
const secrets = [
  ...Object.values(rich).flatMap((one) => (typeof one === 'object' ? [one.name] : [])),
  ...['The end of it', 'nothing much', 'Edited twice', 'heron', rich.failed.error],
];

/** Of the background, from 0 to 255. */
async function brightness(page: Page): Promise<number> {
  const color = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  return Math.max(...(color.match(/\d+/g) ?? []).slice(0, 3).map(Number));
}

/** How far to the right anything reaches that one could scroll to. Runs in the page. */
function widestElement(): number {
  const { scrollingElement, documentElement } = document;
  return Math.max(scrollingElement?.scrollWidth ?? 0, documentElement.clientWidth);
}

/** Words of chats that stand in sight without blur. Runs in the page. */
function readableSecrets(words: readonly string[]): string {
  const found: string[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent ?? '';
    const element = node.parentElement;
    if (!element?.checkVisibility() || !words.some((word) => text.includes(word))) continue;
    let blurred = false;
    for (let one: Element | null = element; one; one = one.parentElement) {
      blurred ||= getComputedStyle(one).filter.includes('blur');
    }
    if (!blurred) found.push(text);
  }
  return found.join(' | ');
}
