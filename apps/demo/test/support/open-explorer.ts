import { join } from 'node:path';
import { tempDirectory } from '@tgstore/testkit';
import type { Page } from 'playwright-core';
import { addressOf, type ServeOptions, serveStore } from './serve.ts';
import { openTab, type TabOptions } from './tab.ts';

export interface OpenOptions {
  /** Where in the page. @default '/' */
  readonly path?: string;
  readonly serve?: ServeOptions;
  readonly tab?: TabOptions;
}

/** A store of its own, its server, and a tab that looks into it. */
export interface OpenExplorer extends AsyncDisposable {
  readonly storageDir: string;
  /** Without the token. */
  readonly origin: string;
  readonly page: Page;
  /** Ends the server before the rest. */
  readonly close: () => Promise<void>;
}

/** Writes a store, serves it and opens the page; all of it is gone at the end of the scope. */
export async function openExplorer(
  write: (storageDir: string) => Promise<unknown>,
  { path = '/', serve, tab: tabOptions }: OpenOptions = {},
): Promise<OpenExplorer> {
  const directory = await tempDirectory();
  const storageDir = join(directory.path, 'chats');
  await write(storageDir);
  const mediaDirectories = [join(directory.path, 'export')];
  const explorer = await serveStore(storageDir, { mediaDirectories, ...serve });
  const tab = await openTab(addressOf(explorer, path), tabOptions);
  return {
    storageDir,
    origin: new URL(explorer.address).origin,
    page: tab.page,
    close: () => explorer.close(),
    async [Symbol.asyncDispose]() {
      try {
        await tab[Symbol.asyncDispose]();
      } finally {
        await explorer.close();
        await directory[Symbol.asyncDispose]();
      }
    },
  };
}
