import { EnhancedFileManager } from '@tgstore/core';
import { describe, expect, test } from 'vitest';
import { openExplorer } from '../support/open-explorer.ts';
import { rich, writeRichStore } from '../support/stores/rich.ts';
import { hasNoChromium } from '../support/tab.ts';

describe.skipIf(hasNoChromium)('backups', () => {
  test('are made, verified, and restored after a look at what would change', async () => {
    await using explorer = await openExplorer(writeRichStore, { path: '/backups' });
    const { page, storageDir } = explorer;
    await page.getByText('No backups yet').waitFor();
    await page.getByLabel('Tag').fill('before-the-flood');
    await page.getByRole('button', { name: 'Create backup' }).click();
    await page.getByText(/Created /).waitFor();
    const backup = page.getByRole('listitem').filter({ hasText: 'before-the-flood' });
    await backup.getByText(`${rich.conversations} conversations`).first().waitFor();
    await backup.getByRole('button', { name: /^Verify/ }).click();
    await backup.getByText(/Whole: /).waitFor();

    const store = new EnhancedFileManager({ storageDir });
    await store.deleteConversation(rich.club.id);
    await store.appendMessages(rich.channel.id, [{ id: 3, text: 'Water everywhere' }]);
    await backup.getByRole('button', { name: /^Restore/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('1 come back').waitFor();
    await dialog.getByText('1 are replaced').waitFor();
    await dialog.getByText(`${rich.conversations - 2} are unchanged`).waitFor();
    // so far nothing happened
    expect(await store.listConversations()).not.toContain(rich.club.id);
    await dialog.getByRole('button', { name: 'Restore 2 conversations' }).click();
    await dialog.getByText('Restored', { exact: true }).waitFor();
    expect(await store.listConversations()).toContain(rich.club.id);
    expect((await store.readMetadata(rich.channel.id)).message_count).toBe(2);
    // what was replaced is in another one
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await page.getByRole('heading', { name: '2 backups' }).waitFor();
    expect((await store.listBackups()).backups).toHaveLength(2);
  });

  test('are restored in part, and do not replace unless they shall', async () => {
    await using explorer = await openExplorer(
      async (storageDir) => {
        await writeRichStore(storageDir);
        await using store = new EnhancedFileManager({ storageDir });
        await store.createManualBackup({ tag: 'all' });
        await store.deleteConversation(rich.club.id);
        await store.deleteConversation(rich.bot.id);
        await store.appendMessages(rich.channel.id, [{ id: 3, text: 'Water everywhere' }]);
      },
      { path: '/backups' },
    );
    const { page, storageDir } = explorer;
    await page.getByRole('button', { name: /^Restore the backup/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Restore 3 conversations' }).waitFor();
    await dialog.getByLabel(/^Replace conversations that differ/).uncheck();
    await dialog.getByRole('button', { name: 'Restore 2 conversations' }).waitFor();
    await dialog.getByRole('checkbox', { name: new RegExp(rich.bot.id) }).uncheck();
    await dialog.getByRole('button', { name: 'Restore 1 conversation', exact: true }).click();
    await dialog.getByText('Restored', { exact: true }).waitFor();
    const store = new EnhancedFileManager({ storageDir });
    expect(await store.listConversations()).toContain(rich.club.id);
    expect(await store.listConversations()).not.toContain(rich.bot.id);
    expect((await store.readMetadata(rich.channel.id)).message_count).toBe(3);
  });

  test('refuse a tag that can be no name, in words', async () => {
    await using explorer = await openExplorer(writeRichStore, {
      path: '/backups',
      tab: { expected: /status of 400/ },
    });
    const { page } = explorer;
    await page.getByLabel('Tag').fill('../../etc');
    await page.getByRole('button', { name: 'Create backup' }).click();
    await page.getByRole('alert').getByText('BACKUP_INVALID_TAG').waitFor();
  });
});
