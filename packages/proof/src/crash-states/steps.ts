import { join } from 'node:path';
import { conversation, ID, messages } from './conversations.ts';
import type { Step } from './scenario.ts';

/** What changes conversation {@link ID}. */
export const CHANGES = {
  saveNew: {
    name: 'save new',
    run: (store) => store.saveConversation(conversation(ID, messages(1, 6, 'saved', 700), 'saved')),
  },
  saveOver: {
    name: 'save over',
    run: (store) =>
      store.saveConversation(conversation(ID, messages(1, 5, 'saved', 700), 'saved'), {
        force: true,
      }),
  },
  append: {
    name: 'append',
    run: (store) => store.appendMessages(ID, messages(1001, 2, 'appended', 500)),
  },
  merge: {
    name: 'merge with edits',
    run: (store) => {
      const edited = messages(2, 2, 'edited', 600).map((message) => ({
        ...message,
        edit_date: '2024-02-01T00:00:00Z',
      }));
      const list = [...edited, ...messages(1101, 1, 'merged', 300)];
      return store.mergeConversation(conversation(ID, list));
    },
  },
  deleteMessages: {
    name: 'delete messages',
    run: (store) => store.deleteMessages(ID, [2, 5]),
  },
  markProcessed: { name: 'mark processed', run: (store) => store.markAsProcessed(ID) },
  markUnprocessed: { name: 'mark unprocessed', run: (store) => store.markAsUnprocessed(ID) },
  deleteConversation: {
    name: 'delete conversation',
    run: (store) => store.deleteConversation(ID),
  },
  process: {
    name: 'process',
    run: (store) => store.processAllUnprocessed(() => undefined, { retryFailed: true }),
  },
} as const satisfies Record<string, Step>;

/** The other things that are done to a store. */
export const OPERATIONS = {
  processAndFail: {
    name: 'process, one fails',
    run: (store) =>
      store.processAllUnprocessed(
        ({ id }) => {
          if (id === ID) throw new Error('the processor failed');
        },
        { retryFailed: true, concurrency: 1 },
      ),
  },
  createBackup: {
    name: 'create backup',
    run: (store) => store.createManualBackup({ tag: 'mine' }),
  },
  prune: { name: 'prune', run: (store) => store.backups.pruneBackups({ keepLast: 2 }) },
  restore: {
    name: 'restore',
    run: async (store) => {
      const { backups } = await store.listBackups();
      const first = backups.find(({ tag }) => tag === 'before');
      await store.restoreBackup(first?.id ?? '', { overwrite: true });
    },
  },
  import: {
    name: 'import',
    run: (store, { directory }) => store.importConversationsFromJson(join(directory, 'input.json')),
  },
  recover: { name: 'recover', run: (store) => store.recover({ minAgeMs: 0 }) },
  migrate: { name: 'migrate', run: (store) => store.migrate() },
} as const satisfies Record<string, Step>;
