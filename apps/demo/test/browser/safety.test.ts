import { EnhancedFileManager } from '@tgstore/core';
import { describe, expect, test } from 'vitest';
import { openExplorer } from '../support/open-explorer.ts';
import { rich, writeRichStore } from '../support/stores/rich.ts';
import { hasNoChromium, openTab } from '../support/tab.ts';
import { paths, settled } from '../support/views.ts';

describe.skipIf(hasNoChromium)('safety', () => {
  test('the token leaves the address, and a tab without it sees nothing', async () => {
    await using explorer = await openExplorer(writeRichStore);
    const { page, origin } = explorer;
    await page.getByText(rich.ann.name).waitFor();
    expect(page.url()).toBe(`${origin}/`);
    await page.reload();
    await page.getByText(rich.ann.name).waitFor();
    await using stranger = await openTab(`${origin}/`);
    await stranger.page.getByText('Open the whole address').waitFor();
    expect(await stranger.page.getByText(rich.ann.name).count()).toBe(0);
    const status = await stranger.page.evaluate(() => fetch('/api/store').then((r) => r.status));
    expect(status).toBe(401);
    (stranger.problems as string[]).length = 0;
  });

  test('a wrong token is refused in words', async () => {
    await using explorer = await openExplorer(writeRichStore);
    const url = `${explorer.origin}/#token=${'A'.repeat(43)}`;
    await using stranger = await openTab(url, { expected: /status of 401/ });
    await stranger.page.getByText('EXPLORER_NO_TOKEN').first().waitFor();
  });

  test('read-only has no button that changes anything, and the server refuses', async () => {
    await using explorer = await openExplorer(
      async (storageDir) => {
        await writeRichStore(storageDir);
        await using store = new EnhancedFileManager({ storageDir });
        await store.createManualBackup({ tag: 'before' });
      },
      {
        serve: { isReadOnly: true, processing: { command: 'true', work: async () => {} } },
        tab: { expected: /status of 403/ },
      },
    );
    const { page, origin } = explorer;
    await page.getByText('read-only', { exact: true }).waitFor();
    const changing = page.getByRole('button', { name: /^(Mark|Run|Restore|Create|Retry)/ });
    for (const path of paths) {
      await page.goto(`${origin}${path}`);
      await settled(page);
      expect(`${path}: ${await changing.allTextContents()}`).toBe(`${path}: `);
    }
    const statuses = await page.evaluate(async (id) => {
      const headers = {
        authorization: `Bearer ${sessionStorage.getItem('tgstore-token')}`,
        'content-type': 'application/json',
      };
      const send = async (path: string, method: string, body: object) => {
        const response = await fetch(path, { method, headers, body: JSON.stringify(body) });
        return [response.status, (await response.json()).error.code].join(' ');
      };
      return [
        await send(`/api/conversations/${id}/status`, 'POST', { status: 'processed' }),
        await send('/api/job', 'POST', {}),
        await send('/api/backups', 'POST', {}),
      ];
    }, rich.ann.id);
    expect(new Set(statuses)).toEqual(new Set(['403 EXPLORER_READ_ONLY']));
    const store = new EnhancedFileManager({ storageDir: explorer.storageDir });
    expect(await store.listConversations({ processed: true })).not.toContain(rich.ann.id);
  });

  test('says so where the server is gone', async () => {
    await using explorer = await openExplorer(writeRichStore, {
      tab: { expected: /ERR_|Failed to (load|fetch)/ },
    });
    const { page } = explorer;
    await page.getByText('live', { exact: true }).waitFor();
    await explorer.close();
    await page.getByText('offline', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Backups', exact: true }).click();
    await page.getByText('tgstore serve does not answer').first().waitFor();
  });

  test('needs no network but that of the machine itself', async () => {
    await using explorer = await openExplorer(writeRichStore);
    const { page, origin } = explorer;
    // what a browser says when the cable is out
    await page.addInitScript(() => {
      Object.defineProperty(navigator, 'onLine', { get: () => false });
      addEventListener('load', () => dispatchEvent(new Event('offline')));
    });
    for (const path of paths) {
      await page.goto(`${origin}${path}`);
      await settled(page);
    }
    await page.goto(`${origin}/backups`);
    await page.getByText('No backups yet').waitFor();
  });
});
