import type { Locator, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { openExplorer } from '../support/open-explorer.ts';
import { entities } from '../support/stores/every-entity.ts';
import { rich, writeRichStore } from '../support/stores/rich.ts';
import { hasNoChromium } from '../support/tab.ts';

/** Opens an address over the rich store. */
function openRich(path: string) {
  return openExplorer(writeRichStore, { path });
}

function message(page: Page, text: string) {
  return page.getByRole('article').filter({ hasText: text });
}

describe.skipIf(hasNoChromium)('the messages of a conversation', () => {
  test('open at the end, by day and by side', async () => {
    await using explorer = await openRich('/');
    const { page } = explorer;
    await page.getByRole('link').filter({ hasText: rich.ann.name }).click();
    await message(page, 'The end of it').waitFor();
    await page
      .getByRole('heading', { name: /January 2025|25 Jan/ })
      .first()
      .waitFor();
    const own = await message(page, 'Edited twice').getByText('Edited twice').boundingBox();
    const other = await message(page, 'The end of it').getByText('The end of it').boundingBox();
    expect(own?.x).toBeGreaterThan(other?.x ?? Number.POSITIVE_INFINITY);
  });

  test('show a picture that is there, name a file that is not, and what happened', async () => {
    await using explorer = await openRich(`/c/${rich.ann.id}`);
    const { page } = explorer;
    const picture = message(page, 'Look').getByRole('img');
    await picture.scrollIntoViewIfNeeded();
    const width = () => picture.evaluate((image: HTMLImageElement) => image.naturalWidth);
    await expect.poll(width, { timeout: 20_000 }).toBe(320);
    await message(page, 'Look')
      .getByRole('button', { name: /^Enlarge/ })
      .click();
    await page.getByRole('dialog').getByRole('img').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await message(page, 'And this one').getByText('gone.jpg').waitFor();
    await page.getByText('Rechnung.pdf').waitFor();
    await page.getByText('Forwarded from').getByText('Cid the Fox').waitFor();
    await page.getByRole('article').getByText(/call/i).first().waitFor();
    const reactions = message(page, 'Good?').getByRole('list', { name: 'Reactions' });
    expect(await reactions.textContent()).toContain('👍3');
  });

  test('jump to what they answer, and back', async () => {
    await using explorer = await openRich(`/c/${rich.ann.id}`);
    const { page } = explorer;
    const reply = message(page, 'I answer something old');
    await scrollUpTo(page, reply);
    await reply.getByRole('button', { name: /Day 5: still raining/ }).click();
    await message(page, 'Day 5: still raining').first().waitFor();
    await message(page, 'Day 2: nothing much').waitFor({ state: 'attached' });
    await page.getByRole('button', { name: 'Back to the reply' }).click();
    await reply.waitFor();
    await page.getByRole('button', { name: /^Jump to the latest/ }).click();
    await message(page, 'The end of it').waitFor();
  });

  test('have a history where they were edited or deleted', async () => {
    await using explorer = await openRich(`/c/${rich.ann.id}`);
    const { page } = explorer;
    await message(page, 'Edited twice').getByRole('button', { name: 'edited' }).click();
    const dialog = page.getByRole('dialog');
    for (const text of ['Edit me', 'Edited once', 'Edited twice']) {
      await dialog.getByText(text, { exact: true }).waitFor();
    }
    await dialog.getByRole('button', { name: 'Close' }).click();
    await page.goto(new URL(`/c/${rich.ann.id}?message=3`, page.url()).href);
    await message(page, 'Deleted message').getByRole('button', { name: 'history' }).click();
    await dialog.getByText('Day 3: still raining', { exact: true }).waitFor();
  });

  test('hide a spoiler until it is wanted', async () => {
    await using explorer = await openRich(`/c/${rich.ann.id}`);
    const spoiler = message(explorer.page, 'A secret follows').getByRole('button', {
      name: 'Spoiler: show it',
    });
    await spoiler.click();
    await spoiler.waitFor({ state: 'detached' });
    await explorer.page.getByText('it was the heron').waitFor();
  });

  test('jump to a date', async () => {
    await using explorer = await openRich(`/c/${rich.ann.id}`);
    const { page } = explorer;
    await page.getByRole('button', { name: 'Jump to a date' }).click();
    await page.getByLabel('Messages from').fill('2024-03-01');
    await page.getByRole('button', { name: 'Jump', exact: true }).click();
    // the first of January is day 1
    await message(page, 'Day 61: still raining').waitFor();
    await expect
      .poll(() => isInSight(page, 'Day 61: still raining'), { timeout: 20_000 })
      .toBe(true);
  });

  test('are opened at the one in the address', async () => {
    await using explorer = await openRich(`/c/${rich.ann.id}?message=200`);
    const { page } = explorer;
    await message(page, 'Day 200: nothing much').waitFor();
    await expect
      .poll(() => isInSight(page, 'Day 200: nothing much'), { timeout: 20_000 })
      .toBe(true);
  });

  test('show every kind of entity', async () => {
    await using explorer = await openRich(`/c/${rich.bot.id}`);
    const { page } = explorer;
    const expected: Partial<Record<(typeof entities)[number][0], string>> = {
      bold: 'strong',
      italic: 'em',
      underline: 'u',
      strikethrough: 's',
      spoiler: '[role=button]',
      code: 'code',
      pre: 'pre',
      blockquote: 'blockquote',
      link: 'a[href="https://example.org/boats"]',
      text_link: 'a[href="https://example.org/named"]',
      hashtag: 'a[href*="%23rowing"]',
      cashtag: 'a[href*="EUR"]',
      email: 'a[href="mailto:ann@example.org"]',
      phone: 'a[href="tel:+4930901820"]',
      custom_emoji: '[title="Custom emoji"]',
    };
    for (const [index, [type, text]] of entities.entries()) {
      await page.goto(new URL(`/c/${rich.bot.id}?message=${index + 1}`, page.url()).href);
      const bubble = page.locator(`[data-message="${index + 1}"]`);
      await bubble.waitFor();
      const words = bubble.locator('[data-secret]').filter({ hasText: 'Here is' }).last();
      expect(await words.textContent()).toContain(text);
      const selector = expected[type];
      if (selector) {
        const element = words.locator(selector);
        expect(await element.first().textContent()).toContain(text);
      }
      expect(await words.textContent()).toMatch(/^Here is .* and more$/s);
    }
    for (const link of await page.locator('[data-message] a[target=_blank]').all()) {
      expect(await link.getAttribute('rel')).toContain('noopener');
    }
  });

  test('set mixed scripts from right to left or left to right by their own first letter', async () => {
    await using explorer = await openRich(`/c/${rich.arabic.id}`);
    const { page } = explorer;
    const directionOf = (text: string) =>
      message(page, text)
        .locator('[dir=auto]')
        .filter({ hasText: text })
        .last()
        .evaluate((element) => getComputedStyle(element).direction);
    await message(page, 'Plain English again').waitFor();
    expect(await directionOf('see you at 10:00')).toBe('rtl');
    expect(await directionOf('שלום')).toBe('rtl');
    expect(await directionOf('Plain English again')).toBe('ltr');
  });
});

/** Turns the wheel until something is in sight. */
async function scrollUpTo(page: Page, what: Locator): Promise<void> {
  await message(page, 'The end of it').hover();
  while (!(await what.isVisible())) await page.mouse.wheel(0, -200);
}

/** Whether a message is within the window of the tab. */
async function isInSight(page: Page, text: string): Promise<boolean> {
  const box = await message(page, text).first().boundingBox();
  return box !== null && box.y > 0 && box.y + box.height < 800;
}
