import { EnhancedFileManager } from '@tgstore/core';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { openExplorer } from '../support/open-explorer.ts';
import { rich, writeRichStore } from '../support/stores/rich.ts';
import { hasNoChromium } from '../support/tab.ts';

describe.skipIf(hasNoChromium)('the keyboard', () => {
  test('goes all the way: filter, open, read, follow a reply, mark, search, back up', async () => {
    await using explorer = await openExplorer(writeRichStore);
    const { page, storageDir } = explorer;
    const press = (...keys: readonly string[]) => pressAll(page, keys);
    await page.getByText(rich.ann.name).waitFor();
    await press('/');
    await page.keyboard.type('ann');
    await page.getByText(`1 of ${rich.conversations} chats`).waitFor();
    await press('ArrowDown', 'Enter');
    await page.getByRole('article').filter({ hasText: 'The end of it' }).waitFor();

    // ten messages are special; the first of them answers another one
    await press(...Array.from({ length: 10 }, () => 'k'));
    await tabTo(page, /Day 5: still raining/);
    await press('Enter');
    await page.locator('[data-message="5"]').waitFor();
    await press('b');
    await page.getByRole('article').filter({ hasText: 'I answer something old' }).waitFor();

    await press('d');
    await page.getByLabel('Messages from').waitFor();
    await press('Escape');
    await press('i');
    await page.getByRole('dialog', { name: 'Details' }).waitFor();
    await press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });

    await page.getByRole('heading', { name: rich.ann.name }).focus();
    await tabTo(page, /^Mark processed$/);
    await press('Enter');
    await page.getByRole('button', { name: 'Mark unprocessed' }).waitFor();
    const store = new EnhancedFileManager({ storageDir });
    expect(await store.listConversations({ processed: true })).toContain(rich.ann.id);

    await press('f');
    await page.getByRole('heading', { name: 'Search' }).waitFor();
    await press('/');
    await page.keyboard.type('heron');
    await press('Enter');
    await page.getByText('1 message in 1 conversation').first().waitFor();
    await tabTo(page, /it was the heron/);
    await press('Enter');
    await page.getByRole('article').filter({ hasText: 'A secret follows' }).waitFor();

    await press('g', 'b');
    await page.getByRole('heading', { name: 'Backups' }).waitFor();
    await tabTo(page, /^Tag$/);
    await page.keyboard.type('by-key');
    await press('Enter');
    await page.getByText(/Created /).waitFor();
    // letters are text as long as the field has the focus
    await press('Tab');
    for (const [key, name] of [
      ['w', 'Work'],
      ['h', 'Health'],
      ['p', 'Pictures'],
      ['s', 'Search'],
      ['c', 'Chats'],
    ] as const) {
      await press('g', key);
      await page.getByRole('heading', { name, level: 1 }).waitFor();
    }
    await press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  test('reveals a spoiler, opens the menu of a message and its history', async () => {
    await using explorer = await openExplorer(writeRichStore, { path: `/c/${rich.ann.id}` });
    const { page } = explorer;
    await page.getByRole('article').filter({ hasText: 'The end of it' }).waitFor();
    await pressAll(page, ['k', 'k']);
    await tabTo(page, /^Spoiler/);
    await pressAll(page, ['Enter']);
    await page.getByRole('button', { name: /^Spoiler/ }).waitFor({ state: 'detached' });
    // past the one with reactions
    await pressAll(page, ['k', 'k']);
    await pressAll(page, ['Enter']);
    const menu = page.getByRole('dialog', { name: 'Message menu' });
    await menu.waitFor();
    await tabTo(page, /^History$/);
    await pressAll(page, ['Enter']);
    await page.getByRole('dialog', { name: 'History of the message' }).waitFor();
    await page.getByRole('dialog').getByText('Edited once').waitFor();
  });

  test('always shows where it is', async () => {
    await using explorer = await openExplorer(writeRichStore);
    const { page } = explorer;
    await page.getByText(rich.ann.name).waitFor();
    for (let step = 0; step < 25; step += 1) {
      await page.keyboard.press('Tab');
      const seen = await page.evaluate(() => {
        const element = document.activeElement;
        if (!element || element === document.body) return true;
        const { outlineStyle, boxShadow } = getComputedStyle(element);
        const around = element.parentElement && getComputedStyle(element.parentElement);
        const isRinged = outlineStyle !== 'none' || boxShadow !== 'none';
        return isRinged || around?.outlineStyle !== 'none' || element.outerHTML.slice(0, 200);
      });
      expect(seen).toBe(true);
    }
  });
});

async function pressAll(page: Page, keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    await page.keyboard.press(key);
    // a frame, in which the focus moves
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
}

/** Moves the focus on until it is on what has such a name. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let step = 0; step < 60; step += 1) {
    const label = await page.evaluate(() => {
      const element = document.activeElement as HTMLInputElement | null;
      const words = element?.getAttribute('aria-label') ?? element?.labels?.[0]?.textContent;
      if (element === document.body) return '';
      return (words ?? element?.textContent ?? '').trim();
    });
    if (name.test(label)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab leads to nothing that is named ${name}`);
}
