import { FileManager } from '@tgstore/core';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { openExplorer } from '../support/open-explorer.ts';
import { rich, writeRichStore } from '../support/stores/rich.ts';
import { hasNoChromium } from '../support/tab.ts';

describe.skipIf(hasNoChromium)('pictures', () => {
  test('of a conversation have the numbers that the store has', async () => {
    await using explorer = await openExplorer(writeRichStore, {
      path: `/pictures?conversation=${rich.club.id}`,
    });
    const { page } = explorer;
    const expected = await count(explorer.storageDir, rich.club.id);
    expect(await tableOf(page, 'Messages by sender')).toEqual(expected.senders);
    const days = await tableOf(page, 'Activity by day');
    expect([...days.values()]).toEqual([...expected.days.values()]);
    const hours = page.getByRole('figure', { name: 'Hours of the week' });
    const cells = await hours.getByRole('table').getByRole('cell').allTextContents();
    expect(cells.map(Number)).toEqual(expected.weekHours);
    const growth = await tableOf(page, 'Growth');
    expect([...growth.values()].at(-1)).toBe(60);
    await hours.getByRole('button', { name: 'Show as table' }).click();
    await hours.getByRole('columnheader', { name: '23' }).waitFor();
  });

  test('of all conversations count each, and one is chosen from the list', async () => {
    await using explorer = await openExplorer(writeRichStore, { path: '/pictures' });
    const { page } = explorer;
    const counts = await tableOf(page, 'Messages by conversation');
    expect(counts.get(rich.ann.name)).toBe(rich.ann.messages - rich.ann.deleted);
    expect(counts.size).toBe(rich.conversations);
    await page.getByText('All conversations').first().click();
    await page.getByPlaceholder('Name or id').fill('row');
    await page.keyboard.press('Enter');
    await page.getByRole('figure', { name: 'Messages by sender' }).waitFor();
    expect((await tableOf(page, 'Messages by sender')).size).toBe(5);
  });

  test('lead from a day to its messages', async () => {
    await using explorer = await openExplorer(writeRichStore, {
      path: `/pictures?conversation=${rich.ann.id}`,
    });
    const { page } = explorer;
    const days = page.getByRole('button', { name: /^Days of 2024/ });
    await days.focus();
    await page.keyboard.press('ArrowRight');
    expect(await days.getAttribute('aria-label')).toContain('8 January 2024: 1 message');
    await page.keyboard.press('Enter');
    await page.getByRole('article').filter({ hasText: 'Day 8: nothing much' }).waitFor();
  });
});

/** Numbers of the table beside a picture, by the words before them. */
async function tableOf(page: Page, title: string): Promise<Map<string, number>> {
  const table = page.getByRole('figure', { name: title }).getByRole('table');
  await table.waitFor({ state: 'attached' });
  const rows = await table
    .locator('tbody tr')
    .evaluateAll((all) =>
      all.map((row) => [row.children[0]?.textContent ?? '', row.children[1]?.textContent ?? '']),
    );
  return new Map(
    rows.map(([name = '', number = '']) => [name, Number(number.replaceAll(',', ''))]),
  );
}

/** The same numbers, from the messages themselves; days and hours in the zone of this process, as the server's. */
async function count(storageDir: string, id: string) {
  const senders = new Map<string, number>();
  const days = new Map<string, number>();
  const weekHours = Array.from({ length: 7 * 24 }, () => 0);
  for await (const { date, sender_name } of new FileManager({ storageDir }).readMessages(id)) {
    const at = new Date(date ?? '');
    const slot = ((at.getDay() + 6) % 7) * 24 + at.getHours();
    weekHours[slot] = (weekHours[slot] ?? 0) + 1;
    days.set(at.toDateString(), (days.get(at.toDateString()) ?? 0) + 1);
    senders.set(sender_name ?? '', (senders.get(sender_name ?? '') ?? 0) + 1);
  }
  return { senders, days, weekHours };
}
