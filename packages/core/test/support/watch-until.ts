// Prints what a watcher gives, ends it after the first, and must then exit by itself:
// watch-until.ts unprocessed|folder DIRECTORY break|abort|drop
import { nodeFileSystem } from '@tgstore/fs';
import { unguarded } from '../../src/conversation-guard.ts';
import { StoreDirectory } from '../../src/store-directory.ts';
import { watchFolder } from '../../src/watch-folder.ts';
import { watchUnprocessed } from '../../src/watch-unprocessed.ts';

const [kind = '', directory = '', how = ''] = process.argv.slice(2);
const controller = new AbortController();
const { signal } = controller;
const rescanMs = 3_600_000;
const store = new StoreDirectory(directory, {
  durability: 'relaxed',
  fileSystem: nodeFileSystem,
  guard: unguarded,
});
const watched =
  kind === 'folder'
    ? watchFolder(directory, { signal, settleMs: 20, rescanMs })
    : watchUnprocessed(store, { signal, debounceMs: 20, rescanMs });
if (how === 'drop') {
  // never asked again, and never ended
  print((await watched.next()).value);
} else {
  for await (const value of watched) {
    print(value);
    if (how === 'break') break;
    // while it waits for the next
    setTimeout(() => controller.abort(), 50);
  }
}

function print(value: unknown): void {
  process.stdout.write(typeof value === 'string' ? value : (value as { path: string }).path);
}
