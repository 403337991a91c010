import { describe, expect, test } from 'vitest';
import { openExplorer } from '../support/open-explorer.ts';
import { writeManyConversations } from '../support/stores/many.ts';
import { rich, writeRichStore } from '../support/stores/rich.ts';
import { hasNoChromium } from '../support/tab.ts';

describe.skipIf(hasNoChromium)('search', () => {
  test('finds in all conversations, and a hit leads to its message', async () => {
    await using explorer = await openExplorer(writeRichStore);
    const { page } = explorer;
    await page.getByRole('link', { name: 'Search', exact: true }).click();
    await page.getByRole('searchbox', { name: 'Words to search for' }).fill('HERON');
    await page.keyboard.press('Enter');
    await page.getByText('2 messages in 2 conversations').first().waitFor();
    await page.getByRole('heading', { name: new RegExp(rich.ann.name) }).waitFor();
    const hit = page.getByRole('link').filter({ hasText: 'The heron stole a sandwich' });
    expect(await hit.locator('mark').textContent()).toBe('heron');
    // in context
    expect(await hit.textContent()).toContain('Boat number');
    await hit.click();
    await page.locator('[data-message="31"]').waitFor();
    expect(page.url()).toContain('message=31');
    await page.goBack();
    await page.getByText('2 messages in 2 conversations').first().waitFor();
  });

  test('finds in one conversation, by sender and by date', async () => {
    await using explorer = await openExplorer(writeRichStore, { path: `/c/${rich.ann.id}` });
    const { page } = explorer;
    await page.getByRole('link', { name: 'Search in this conversation' }).click();
    await page.getByRole('searchbox', { name: 'Words to search for' }).fill('day 1');
    await page.keyboard.press('Enter');
    // 1, 10 to 19, 100 to 199
    await page.getByText('111 messages in 1 conversation').first().waitFor();
    await page.getByText('Sender and dates').click();
    await page.getByLabel('Sender', { exact: true }).fill('Ann');
    await page.getByLabel('To', { exact: true }).fill('2024-01-15');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    // 1, 11, 13, 15
    await page.getByText('4 messages in 1 conversation').first().waitFor();
  });

  test('takes a regular expression, and explains one that is none', async () => {
    await using explorer = await openExplorer(writeRichStore, {
      path: '/search',
      tab: {
        expected: /status of 400/,
      },
    });
    const { page } = explorer;
    await page.getByLabel('Regular expression').check();
    const words = page.getByRole('searchbox');
    await words.fill('sto(le|re) a \\w+wich');
    await page.keyboard.press('Enter');
    await page.getByText('1 message in 1 conversation').first().waitFor();
    await words.fill('sto(le');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('EXPLORER_INVALID_PATTERN').waitFor();
  });

  test('shows the first hit before it ends, and stops', async () => {
    await using explorer = await openExplorer(
      (directory) => writeManyConversations(directory, { conversations: 900 }),
      { path: '/search' },
    );
    const { page } = explorer;
    // the search can't end: its answer is let through up to its first line, and then held
    await page.evaluate(holdSearch);
    await page.getByRole('searchbox').fill('Hello from');
    await page.keyboard.press('Enter');
    await page.locator('mark').first().waitFor();
    await page
      .getByText(/so far$/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page
      .getByText(/^Stopped: /)
      .first()
      .waitFor();
    expect(await page.locator('mark').count()).toBeGreaterThan(0);
    expect(await page.getByRole('button', { name: 'Stop' }).count()).toBe(0);
  });

  test('of many hits keeps few in the document', async () => {
    await using explorer = await openExplorer(
      (directory) => writeManyConversations(directory, { conversations: 900 }),
      { path: '/search?q=Hello' },
    );
    const { page } = explorer;
    await page.getByText('900 messages in 900 conversations').first().waitFor();
    expect(await page.locator('mark').count()).toBeLessThan(60);
  });
});

/** Lets one line of each search through, and then nothing until it is given up. Runs in the page. */
function holdSearch(): void {
  const original = window.fetch;
  window.fetch = async (input, init) => {
    const response = await original(input, init);
    if (!String(input).includes('/api/search') || !response.body) return response;
    const reader = response.body.getReader();
    const held = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { value } = await reader.read();
        if (value) controller.enqueue(value.subarray(0, value.indexOf(10) + 1));
        await new Promise((_, reject) => {
          init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
        });
      },
    });
    return new Response(held, response);
  };
}
