import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { openExplorer } from '../support/open-explorer.ts';
import {
  hostile,
  hostileName,
  hostileTexts,
  writeHostileStore,
} from '../support/stores/hostile.ts';
import { hasNoChromium } from '../support/tab.ts';
import { settled } from '../support/views.ts';

describe.skipIf(hasNoChromium)('a hostile conversation', () => {
  test('shows as plain text in the list and as messages', async () => {
    await using explorer = await openExplorer(writeHostileStore);
    const { page, origin } = explorer;
    const list = page.getByRole('region', { name: 'Conversations' });
    await list.getByText(hostileName, { exact: true }).waitFor();
    for (const [index, text] of hostileTexts.entries()) {
      await page.goto(`${origin}/c/${hostile.texts}?message=${index + 1}`);
      const message = page.locator(`[data-message="${index + 1}"]`);
      await message.waitFor();
      const words = message.locator('[data-secret]').filter({ hasText: text }).last();
      expect(await words.evaluate((element) => element.textContent)).toBe(text);
    }
    await expectHarmless(page);
  });

  test('has no link that leads anywhere but to the web', async () => {
    await using explorer = await openExplorer(writeHostileStore, { path: `/c/${hostile.texts}` });
    const { page } = explorer;
    await page.getByRole('article').filter({ hasText: 'lies' }).waitFor();
    await page.getByRole('article').filter({ hasText: 'link 5' }).scrollIntoViewIfNeeded();
    const links = await page
      .locator('a[href]')
      .evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).protocol));
    expect(links.filter((protocol) => protocol !== 'http:' && protocol !== 'https:')).toEqual([]);
    expect(await page.locator('[data-message] a[target]').count()).toBe(0);
    expect(await page.locator('[data-message] img').count()).toBe(0);
    await expectHarmless(page);
  });

  test('keeps overrides of direction to itself', async () => {
    await using explorer = await openExplorer(writeHostileStore, { path: `/c/${hostile.texts}` });
    const { page } = explorer;
    await page.getByRole('heading', { level: 1 }).getByText(hostileName).waitFor();
    // the words behind a name with an override still run from left to right
    const isolated = await page.evaluate(() =>
      [...document.querySelectorAll('[data-secret]')]
        .filter((element) => /[\u202a-\u202e\u2066-\u2069]/.test(element.textContent ?? ''))
        .map((element) => {
          const { unicodeBidi, display } = getComputedStyle(element);
          const around = element.closest('bdi, [dir=auto]');
          return (
            around !== null &&
            (/isolate|plaintext/.test(unicodeBidi) || display === 'block' || around !== element)
          );
        }),
    );
    expect(isolated.length).toBeGreaterThan(3);
    expect(isolated).not.toContain(false);
    const facts = page.getByRole('heading', { level: 1 }).locator('xpath=following-sibling::p');
    expect(await facts.evaluate((element) => getComputedStyle(element).direction)).toBe('ltr');
  });

  test('of huge names and texts neither breaks the page nor makes it wider', async () => {
    await using explorer = await openExplorer(writeHostileStore, {
      path: `/c/${hostile.long}`,
      tab: { viewport: { width: 390, height: 844 } },
    });
    const { page, origin } = explorer;
    await page.getByRole('article').first().waitFor();
    for (const path of ['/', `/c/${hostile.long}`, '/work', '/pictures', '/search?q=xxx']) {
      await page.goto(`${origin}${path}`);
      await settled(page);
      const width = await page.evaluate(() => document.scrollingElement?.scrollWidth);
      expect(`${path}: ${width}`).toBe(`${path}: 390`);
    }
  });

  test('is plain text in search, work, pictures and backups too', async () => {
    await using explorer = await openExplorer(writeHostileStore, { path: '/search?q=hacked' });
    const { page, origin } = explorer;
    await page.locator('mark').first().waitFor();
    await page.getByText('<script>window.').first().waitFor();
    await expectHarmless(page);
    for (const path of [
      '/work',
      '/pictures',
      `/pictures?conversation=${hostile.texts}`,
      '/health',
    ]) {
      await page.goto(`${origin}${path}`);
      await settled(page);
      await expectHarmless(page);
    }
    await page.goto(
      `${origin}/search?q=${encodeURIComponent('<img src=x onerror=window.hacked=15>')}`,
    );
    await page.getByText('No messages found').first().waitFor();
    await expectHarmless(page);
  });
});

/** No script ran, and nothing of a text is an element. */
async function expectHarmless(page: Page): Promise<void> {
  const found = await page.evaluate(() => ({
    hacked: (window as unknown as { hacked?: number }).hacked,
    elements: document.querySelectorAll(
      'iframe, svg[onload], img[onerror], #injected, main script, main style',
    ).length,
    handlers: [...document.querySelectorAll('*')].filter((element) =>
      element.getAttributeNames().some((name) => name.startsWith('on')),
    ).length,
  }));
  expect(found).toEqual({ hacked: undefined, elements: 0, handlers: 0 });
}
