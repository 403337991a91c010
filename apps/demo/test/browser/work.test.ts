import { EnhancedFileManager } from '@tgstore/core';
import { describe, expect, test } from 'vitest';
import type { Processing } from '../../src/server/index.ts';
import { inAnotherProcess } from '../support/another-process.ts';
import { openExplorer } from '../support/open-explorer.ts';
import { rich, writeRichStore } from '../support/stores/rich.ts';
import { hasNoChromium } from '../support/tab.ts';

describe.skipIf(hasNoChromium)('status at work', () => {
  test('marks a conversation processed and unprocessed again', async () => {
    await using explorer = await openExplorer(writeRichStore, { path: `/c/${rich.ann.id}` });
    const { page } = explorer;
    const store = new EnhancedFileManager({ storageDir: explorer.storageDir });
    await page.getByRole('button', { name: 'Mark processed' }).click();
    await page.getByRole('button', { name: 'Mark unprocessed' }).waitFor();
    expect(await store.listConversations({ processed: true })).toContain(rich.ann.id);
    await page.getByRole('button', { name: 'Mark unprocessed' }).click();
    await page.getByRole('button', { name: 'Mark processed' }).waitFor();
    expect(await store.listConversations({ processed: true })).not.toContain(rich.ann.id);
  });

  test('marks several at once', async () => {
    await using explorer = await openExplorer(writeRichStore, { path: '/work' });
    const { page } = explorer;
    await page.getByRole('button', { name: /^\d+ ?unprocessed/ }).click();
    await page.getByLabel(/^All \d/).check();
    await page.getByRole('button', { name: /^Mark \d conversations as processed/ }).click();
    await page.getByText('Nothing waits').waitFor();
    const store = new EnhancedFileManager({ storageDir: explorer.storageDir });
    // the one that failed is not among them
    expect(await store.listConversations({ processed: false })).toEqual([rich.failed.id]);
  });

  test('runs a job with progress, shows failures, and tries them again', async () => {
    const gate = openGate();
    let isMended = false;
    const processing: Processing = {
      command: 'node digest.mjs',
      work: async ({ id }) => {
        if (id === rich.ann.id) await gate.opened;
        if (id === rich.club.id && !isMended) throw new Error('no boats today');
      },
    };
    await using explorer = await openExplorer(writeRichStore, {
      path: '/work',
      serve: { processing },
    });
    const { page } = explorer;
    await page.getByText('node digest.mjs').waitFor();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    // all but the one that waits
    await page.getByText('failed 1', { exact: true }).waitFor();
    await page.getByRole('progressbar').waitFor();
    await page.getByText('no boats today').first().waitFor();
    gate.open();
    await page.getByText('Done', { exact: true }).first().waitFor();
    isMended = true;
    await page.getByRole('button', { name: /^Retry Rowing club/ }).click();
    await page.getByText('processed 1', { exact: true }).waitFor();
    await page.getByText('no boats today').first().waitFor({ state: 'detached' });
    const store = new EnhancedFileManager({ storageDir: explorer.storageDir });
    expect(await store.listConversations({ processed: true })).toContain(rich.club.id);
  });

  test('stops a job when what is in hand is done', async () => {
    const gate = openGate();
    const inHand = openGate();
    const processing: Processing = {
      command: 'slow',
      work: () => {
        inHand.open();
        return gate.opened;
      },
      options: { concurrency: 1 },
    };
    await using explorer = await openExplorer(writeRichStore, {
      path: '/work',
      serve: { processing },
    });
    const { page } = explorer;
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await inHand.opened;
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('Finishing what is in hand').waitFor();
    gate.open();
    await page.getByRole('button', { name: 'Run', exact: true }).waitFor();
    const store = new EnhancedFileManager({ storageDir: explorer.storageDir });
    expect((await store.listConversations({ processed: false })).length).toBeGreaterThan(1);
  });

  test('follows what another process appends and marks', async () => {
    await using explorer = await openExplorer(writeRichStore, { path: `/c/${rich.channel.id}` });
    const { page } = explorer;
    await page.getByText('Bread, more slowly').waitFor();
    await page.getByText('live', { exact: true }).waitFor();
    const row = page.getByRole('region', { name: 'Conversations' }).getByRole('listitem');
    const channel = row.filter({ hasText: rich.channel.name });
    await channel.getByText('processed', { exact: true }).waitFor();
    await inAnotherProcess('append', explorer.storageDir, rich.channel.id, 'Soup, at once');
    await page.getByRole('region', { name: 'Messages' }).getByText('Soup, at once').waitFor();
    await channel.getByText('unprocessed').waitFor();
    await channel.getByText('3 messages').waitFor();
    await inAnotherProcess('mark', explorer.storageDir, rich.channel.id);
    await channel.getByText('processed', { exact: true }).waitFor();
    await inAnotherProcess('append', explorer.storageDir, '900', 'I am new here');
    await row.filter({ hasText: '900' }).waitFor();
    await inAnotherProcess('delete', explorer.storageDir, '900');
    await row.filter({ hasText: '900' }).waitFor({ state: 'detached' });
  });

  test('lists in the live view what another process does', async () => {
    await using explorer = await openExplorer(writeRichStore, { path: '/work' });
    const { page } = explorer;
    await page.getByText('connected', { exact: true }).waitFor();
    await page.getByRole('button', { name: /^\d+ ?unprocessed/ }).waitFor();
    await inAnotherProcess('append', explorer.storageDir, rich.channel.id, 'Soup, at once');
    const entry = page.getByRole('listitem').filter({ hasText: '+1 message' });
    await entry.getByText(rich.channel.name).waitFor();
  });
});

/** A promise that the test fulfils. */
function openGate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
