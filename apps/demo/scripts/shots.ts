import type { Page } from 'playwright-core';

/** One picture of the explorer. */
export interface Shot {
  readonly name: string;
  readonly path: string;
  readonly theme: 'light' | 'dark';
  readonly size: 'wide' | 'phone';
  /** What is done and waited for before it is taken. */
  readonly prepare?: (page: Page) => Promise<void>;
}

type View = Pick<Shot, 'name' | 'path' | 'prepare'>;

/** The rowing club, where it shows a photo. */
const chat: View = {
  name: 'chats',
  path: '/c/-1001563829428?message=12511',
  prepare: async (page) => {
    await page.locator('[data-message="12511"]').getByRole('img').waitFor();
    // the one that was jumped to glows for a moment
    await page.waitForFunction(() => document.getAnimations().length === 0);
  },
};

const views: readonly View[] = [
  chat,
  {
    name: 'search',
    path: '/search?q=kettle',
    prepare: (page) =>
      page
        .getByText(/^\d[\d,]* messages in \d+ conversations$/)
        .first()
        .waitFor(),
  },
  {
    name: 'work',
    path: '/work',
    prepare: async (page) => {
      const run = page.getByRole('button', { name: 'Run', exact: true });
      await run.waitFor();
      if (await page.getByText('Done', { exact: true }).count()) return;
      await run.click();
      await page.getByText('Done', { exact: true }).waitFor();
    },
  },
  {
    name: 'backups',
    path: '/backups',
    prepare: (page) =>
      page
        .getByRole('button', { name: /^Verify/ })
        .first()
        .waitFor(),
  },
  {
    name: 'pictures',
    path: '/pictures',
    prepare: (page) => page.getByRole('heading', { name: 'Activity by day' }).waitFor(),
  },
];

const list: View = {
  name: 'list',
  path: '/',
  prepare: (page) =>
    page.getByRole('region', { name: 'Conversations' }).getByRole('link').nth(5).waitFor(),
};

/** Everything wide, light and dark; on a phone what looks different there. */
export const shots: readonly Shot[] = [
  ...views.map((view): Shot => ({ ...view, theme: 'light', size: 'wide' })),
  ...views.map((view): Shot => ({ ...view, theme: 'dark', size: 'wide' })),
  ...[list, chat, ...views.slice(1)].map(
    (view): Shot => ({ ...view, theme: 'light', size: 'phone' }),
  ),
  ...[list, chat, ...views.slice(1)].map(
    (view): Shot => ({ ...view, theme: 'dark', size: 'phone' }),
  ),
];
