import { truncate } from 'node:fs/promises';
import { FileManager } from '@tgstore/core';
import { describe, test } from 'vitest';
import { lockInAnotherProcess, processInAnotherProcess } from '../support/another-process.ts';
import { openExplorer } from '../support/open-explorer.ts';
import { rich, writeRichStore } from '../support/stores/rich.ts';
import { hasNoChromium } from '../support/tab.ts';

describe.skipIf(hasNoChromium)('health', () => {
  test('shows the lock that another process holds, while it does', async () => {
    await using explorer = await openExplorer(writeRichStore, { path: '/health' });
    const { page } = explorer;
    await page.getByText('Nobody holds a lock').waitFor();
    {
      await using holder = await lockInAnotherProcess(explorer.storageDir, rich.ann.id);
      const lock = page.getByRole('listitem').filter({ hasText: String(holder.pid) });
      await lock.getByText(rich.ann.name).waitFor();
      await lock.getByText('held', { exact: true }).waitFor();
      await lock.getByText('alive', { exact: true }).waitFor();
    }
    await page.getByText('Nobody holds a lock').waitFor();
  });

  test('shows what another process has in hand', async () => {
    await using explorer = await openExplorer(writeRichStore, { path: '/health' });
    const { page } = explorer;
    await using holder = await processInAnotherProcess(explorer.storageDir);
    await page.getByRole('heading', { name: /^In hand/ }).waitFor();
    const claim = page.getByRole('listitem').filter({ hasText: String(holder.pid) });
    await claim.filter({ hasText: rich.ann.name }).waitFor();
  });

  test('says that a sound store is sound', async () => {
    await using explorer = await openExplorer(writeRichStore, { path: '/health' });
    await explorer.page.getByRole('button', { name: 'Check the store' }).click();
    await explorer.page.getByText('No problems', { exact: true }).waitFor();
  });

  test('finds what is damaged, and says what to do', async () => {
    await using explorer = await openExplorer(
      async (storageDir) => {
        await writeRichStore(storageDir);
        const files = await new FileManager({ storageDir }).listFiles();
        const ann = files.find(({ id }) => id === rich.ann.id);
        await truncate(ann?.path ?? '', 5000);
      },
      { path: '/health' },
    );
    const { page } = explorer;
    await page.getByRole('button', { name: 'Check the store' }).click();
    await page.getByText('1 error', { exact: false }).first().waitFor();
    const finding = page.getByRole('listitem').filter({ hasText: '100_unprocessed.json' });
    await finding.getByText('tgstore recover').first().waitFor();
    // and the list and the conversation say it too
    await page.getByRole('link', { name: 'Chats', exact: true }).click();
    const row = page.getByRole('region', { name: 'Conversations' }).getByRole('listitem');
    await row.filter({ hasText: 'unreadable' }).getByRole('link').waitFor();
  });
});
