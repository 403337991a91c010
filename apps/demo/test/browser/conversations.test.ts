import { describe, expect, test } from 'vitest';
import { openExplorer } from '../support/open-explorer.ts';
import { writeManyConversations } from '../support/stores/many.ts';
import { rich, writeRichStore } from '../support/stores/rich.ts';
import { hasNoChromium } from '../support/tab.ts';

describe.skipIf(hasNoChromium)('the list of conversations', () => {
  test('shows name, type, status, count, last message, and which failed', async () => {
    await using explorer = await openExplorer(writeRichStore);
    const { page } = explorer;
    const rows = page.getByRole('region', { name: 'Conversations' }).getByRole('listitem');
    await rows.nth(rich.conversations - 1).waitFor();
    const ann = rows.filter({ hasText: rich.ann.name });
    expect(await ann.textContent()).toContain(`${rich.ann.messages} messages`);
    expect(await ann.textContent()).toContain('unprocessed');
    expect(await ann.getByRole('link').count()).toBe(1);
    expect(await ann.locator('time').getAttribute('datetime')).toContain('2025-01-25T12:09');
    await rows.filter({ hasText: rich.failed.name }).getByText('failed').waitFor();
    await rows.filter({ hasText: rich.channel.name }).getByText('processed').waitFor();
    await rows.filter({ hasText: rich.bot.name }).getByLabel('Bot').waitFor();
  });

  test('is filtered by text, status, type and failure, and the address keeps it', async () => {
    await using explorer = await openExplorer(writeRichStore);
    const { page } = explorer;
    const rows = page.getByRole('region', { name: 'Conversations' }).getByRole('listitem');
    const shown = async (count: number) => {
      await expect.poll(() => rows.count(), { timeout: 20_000 }).toBe(count);
    };
    await shown(rich.conversations);
    await page.getByRole('searchbox').fill('ROW');
    await shown(1);
    await page.getByRole('button', { name: 'Clear the filter' }).click();
    await page.getByRole('button', { name: /^Filters and order/ }).click();
    await page.getByRole('combobox', { name: 'Status' }).selectOption('processed');
    await shown(2);
    await page.getByRole('combobox', { name: 'Type' }).selectOption({ label: 'Channels' });
    await shown(1);
    await page.reload();
    await shown(1);
    await page.getByRole('combobox', { name: 'Status' }).selectOption('');
    await page.getByRole('combobox', { name: 'Type' }).selectOption('');
    await page.getByLabel('Only failed').check();
    await shown(1);
    expect(await rows.textContent()).toContain(rich.failed.name);
  });

  test('is sorted by name, messages and last message', async () => {
    await using explorer = await openExplorer(writeRichStore);
    const { page } = explorer;
    const first = page.getByRole('region', { name: 'Conversations' }).getByRole('listitem').first();
    await page.getByRole('button', { name: /^Filters and order/ }).click();
    for (const [order, name] of [
      ['Messages', rich.ann.name],
      ['Name', rich.ann.name],
      ['Last message', rich.arabic.name],
      ['Size', rich.ann.name],
    ] as const) {
      await page.getByRole('combobox', { name: 'Order' }).selectOption({ label: order });
      await expect.poll(() => first.textContent(), { timeout: 20_000 }).toContain(name);
    }
  });

  test('of ten thousand keeps only rows in sight, down to the last', async () => {
    await using explorer = await openExplorer((directory) =>
      writeManyConversations(directory, { conversations: 10_000 }),
    );
    const { page } = explorer;
    const list = page.getByRole('region', { name: 'Conversations' });
    await list.getByText('10,000', { exact: true }).waitFor();
    const rows = list.getByRole('listitem');
    expect(await rows.count()).toBeLessThan(60);
    await list.getByRole('link').first().focus();
    await page.keyboard.press('End');
    await list.getByText('Person 1', { exact: true }).waitFor();
    expect(await rows.count()).toBeLessThan(60);
    await page.keyboard.press('Home');
    await list.getByText('Person 10000', { exact: true }).waitFor();
  });
});
