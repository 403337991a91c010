import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { openExplorer } from '../support/open-explorer.ts';
import { writeBigConversation } from '../support/stores/big.ts';
import { hasNoChromium } from '../support/tab.ts';

const COUNT = 100_000;

describe.skipIf(hasNoChromium)('a conversation of a hundred thousand messages', () => {
  test('loads earlier ones without losing the place, and keeps few in the document', async () => {
    await using explorer = await openExplorer(
      (directory) => writeBigConversation(directory, '1', COUNT),
      { path: '/c/1' },
    );
    const { page } = explorer;
    await page.locator(`[data-message="${COUNT}"]`).waitFor();
    let last = COUNT;
    while (last > COUNT - 1200) {
      await resting(page);
      const first = await firstInSight(page);
      expect(first).toBeLessThanOrEqual(last);
      // nothing is skipped: a step is less than what was in sight, however much was loaded above it
      expect(last - first).toBeLessThan(30);
      last = first;
      expect(await page.getByRole('article').count()).toBeLessThan(120);
      await scrollUp(page, 600);
    }
    await page.getByRole('button', { name: /^Jump to the latest/ }).click();
    await page.locator(`[data-message="${COUNT}"]`).waitFor();
  });

  test('stays in its place while earlier messages come in above', async () => {
    await using explorer = await openExplorer(
      (directory) => writeBigConversation(directory, '1', 2000),
      { path: '/c/1' },
    );
    const { page } = explorer;
    await page.locator('[data-message="2000"]').waitFor();
    // holds the answer with earlier messages until the place is known
    let release: () => void = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let isAsked = false;
    await page.route(/before=/, async (route) => {
      isAsked = true;
      await released;
      await route.continue();
    });
    while (!isAsked) await scrollUp(page, 800);
    await resting(page);
    const id = await firstInSight(page);
    const before = await topOf(page, id);
    const answer = page.waitForResponse(/before=/);
    release();
    await answer;
    await expect
      .poll(() => messagesOf(page).evaluate((list) => list.scrollTop), { timeout: 20_000 })
      .toBeGreaterThan(3000);
    await resting(page);
    expect(Math.abs((await topOf(page, id)) - before)).toBeLessThan(4);
  });

  test('jumps to a date in the middle and to its start', async () => {
    await using explorer = await openExplorer(
      (directory) => writeBigConversation(directory, '1', COUNT),
      { path: '/c/1' },
    );
    const { page } = explorer;
    await page.getByRole('button', { name: 'Jump to a date' }).click();
    await page.getByLabel('Messages from').fill('2022-07-14');
    await page.getByRole('button', { name: 'Jump', exact: true }).click();
    const day = (Date.UTC(2022, 6, 14) - Date.UTC(2020, 0, 1)) / 86_400_000;
    await page.locator(`[data-message="${day * 6 + 1}"]`).waitFor();
    await page.getByLabel('Messages from').fill('2020-01-01');
    await page.getByRole('button', { name: 'Jump', exact: true }).click();
    await page.locator('[data-message="1"]').waitFor();
  });
});

/** One turn of the wheel, and the frames in which it shows. */
async function scrollUp(page: Page, pixels: number): Promise<void> {
  await page.mouse.move(800, 400);
  await page.mouse.wheel(0, -pixels);
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  );
}

/** What scrolls. */
function messagesOf(page: Page) {
  return page.getByRole('region', { name: 'Messages' });
}

/** Waits until nothing moves for ten frames. */
async function resting(page: Page): Promise<void> {
  await messagesOf(page).evaluate(async (list) => {
    let still = 0;
    for (let last = -1; still < 10; last = list.scrollTop) {
      await new Promise(requestAnimationFrame);
      still = list.scrollTop === last ? still + 1 : 0;
    }
  });
}

async function firstInSight(page: Page): Promise<number> {
  const id = await messagesOf(page).evaluate((list) => {
    const { top } = list.getBoundingClientRect();
    const messages = [...list.querySelectorAll<HTMLElement>('[data-message]')];
    return messages.find((one) => one.getBoundingClientRect().bottom > top)?.dataset.message;
  });
  return Number(id);
}

async function topOf(page: Page, id: number): Promise<number> {
  return (await page.locator(`[data-message="${id}"]`).boundingBox())?.y ?? Number.NaN;
}
