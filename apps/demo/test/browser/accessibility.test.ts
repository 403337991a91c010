import { describe, expect, test } from 'vitest';
import { seriousFaults } from '../support/axe.ts';
import { openExplorer } from '../support/open-explorer.ts';
import { rich, writeRichStore } from '../support/stores/rich.ts';
import { hasNoChromium } from '../support/tab.ts';
import { paths, settled } from '../support/views.ts';

describe.skipIf(hasNoChromium)('accessibility', () => {
  test.each(['light', 'dark'] as const)('axe finds nothing serious, %s', async (colorScheme) => {
    await using explorer = await openExplorer(writeRichStore, { tab: { colorScheme } });
    const { page, origin } = explorer;
    const faults: string[] = [];
    for (const path of paths) {
      await page.goto(`${origin}${path}`);
      await settled(page);
      faults.push(...(await seriousFaults(page)).map((fault) => `${path}: ${fault}`));
    }
    expect(faults).toEqual([]);
  });

  test('axe finds nothing serious in dialogs and on a phone', async () => {
    await using explorer = await openExplorer(writeRichStore, {
      path: `/c/${rich.ann.id}`,
      tab: { viewport: { width: 390, height: 844 } },
    });
    const { page } = explorer;
    await settled(page);
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Details' }).click();
    await page.getByRole('dialog').getByText(rich.ann.name).waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'edited' }).click();
    await page.getByRole('dialog').getByText('Edited once').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    expect(await seriousFaults(page)).toEqual([]);
  });
});
