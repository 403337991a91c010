import type { Page } from 'playwright-core';
import { rich } from './stores/rich.ts';

/** Every view of the rich store, with something in it. */
export const paths = [
  '/',
  `/c/${rich.ann.id}`,
  `/c/${rich.bot.id}`,
  `/c/${rich.club.id}`,
  '/search?q=heron',
  '/work',
  '/backups',
  '/health',
  '/pictures',
] as const;

/** Waits until a view has what it shows: nothing turns any more. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await page.waitForFunction(() => {
    const main = document.querySelector('main');
    const isWaiting = main?.querySelector('progress, [class*=spinner]');
    // what a virtual list has not measured is hidden, though the list is in sight
    const isVisible = (element: Element | null | undefined) =>
      element != null && getComputedStyle(element).visibility === 'visible';
    const rows = [...(main?.querySelectorAll('[data-id], [data-message]') ?? [])];
    const areShown = rows.every((row) => isVisible(row) || !isVisible(row.closest('section')));
    const isConnected = document.querySelector('header output')?.textContent === 'live';
    return main && !isWaiting && areShown && isConnected;
  });
}
