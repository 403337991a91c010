import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type EnhancedFileManager, loadConfig } from '@tgstore/core';
import { collect } from '../collect.ts';
import { conversation, message } from './sample-store.ts';

type Operation = (store: EnhancedFileManager, root: string) => Promise<unknown>;

/** What is done with a store in which something is strange. */
export const OPERATIONS = {
  'load a': (store) => store.loadConversation('a'),
  'load b': (store) => store.loadConversation('b'),
  'load big': (store) => store.loadConversation('big'),
  'stream a': (store) => collect(store.readMessages('a', { limit: 2 })),
  'metadata of a': (store) => store.readMetadata('a'),
  list: (store) => store.listConversations(),
  'list metadata': (store) => collect(store.listMetadata()),
  stats: (store) => store.getConversationStats(),
  check: (store) => collect(store.check()),
  inspect: (store) => store.inspect(),
  'list failed': (store) => collect(store.listFailed()),
  'changes of a': (store) => store.changes('a', { sinceRevision: 1 }),
  search: (store) => collect(store.searchMessages('text')),
  'append to a': (store) => store.appendMessages('a', [message(9)]),
  'append to b': (store) => store.appendMessages('b', [message(9)]),
  'append to big': (store) => store.appendMessages('big', [message(9)]),
  'replace a': (store) => store.saveConversation(conversation('a', 2), { force: true }),
  'save a new one': (store) => store.saveConversation(conversation('new', 2)),
  'mark a': (store) => store.markAsProcessed('a'),
  'mark b': (store) => store.markAsUnprocessed('b'),
  'delete a': (store) => store.deleteConversation('a'),
  process: async (store) => {
    const results = await store.processAllUnprocessed((inHand) => inHand.load(), {
      retryFailed: true,
    });
    return [...results.values()].map(({ error }) => error ?? '');
  },
  'back up': (store) => store.createManualBackup(),
  'list backups': (store) => store.listBackups(),
  // by the beginning of its name: there is one
  restore: (store) => store.restoreBackup('2', { overwrite: true }),
  recover: (store) => store.recover({ minAgeMs: 0 }),
  migrate: (store) => store.migrate(),
  import: (store, root) => store.importConversationsFromJson(join(root, 'import.json')),
  export: async (store, root) => {
    await mkdir(join(root, 'exported'), { recursive: true });
    return await store.exportConversationsToJson(join(root, 'exported', 'bundle.json'));
  },
  'load the configuration': (_, root) => loadConfig({ workingDirectory: root, env: {} }),
  'watch for one': async (store) => {
    const signal = AbortSignal.timeout(2000);
    for await (const id of store.watchUnprocessed({ signal, debounceMs: 1 })) return id;
    return undefined;
  },
} satisfies Record<string, Operation>;

export type OperationName = keyof typeof OPERATIONS;
const NAMES = Object.keys(OPERATIONS) as OperationName[];

export const EVERY_CHANGE: readonly OperationName[] = [
  ...NAMES.filter((name) =>
    /append|replace|save|mark|delete|process|restore|recover|migrate|import/.test(name),
  ),
];
/** All that the store itself is needed for. */
export const WHOLE: readonly OperationName[] = NAMES.filter(
  (name) => name !== 'load the configuration',
);
const OF_ALL: readonly OperationName[] = [
  'process',
  'back up',
  'restore',
  'recover',
  'migrate',
  'import',
  'export',
  'search',
];
export const OF_A: readonly OperationName[] = [
  ...NAMES.filter((name) => / a$/.test(name)),
  ...OF_ALL,
];
export const OF_BIG: readonly OperationName[] = ['load big', 'append to big', ...OF_ALL];
