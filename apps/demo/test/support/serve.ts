import { join } from 'node:path';
import { EnhancedFileManager } from '@tgstore/core';
import { type Explorer, type ExplorerOptions, startExplorer } from '../../src/server/index.ts';

export type ServeOptions = Partial<Omit<ExplorerOptions, 'store' | 'explainError'>>;

/** Starts the real server over a store, with the page as it is built. */
export function serveStore(storageDir: string, options: ServeOptions = {}): Promise<Explorer> {
  return startExplorer({
    store: new EnhancedFileManager({ storageDir }),
    pageDirectory: join(import.meta.dirname, '../../dist'),
    version: '0.0.0-test',
    explainError,
    ...options,
  });
}

/** An address inside the page, with the token. */
export function addressOf(explorer: Explorer, path: string): string {
  const address = new URL(explorer.address);
  return new URL(`${path}${address.hash}`, address).href;
}

function explainError(error: unknown) {
  const { code = 'UNEXPECTED', path } = error as { code?: string; path?: string };
  const message = error instanceof Error ? error.message : String(error);
  return { code, message, ...(path !== undefined && { path }) };
}
