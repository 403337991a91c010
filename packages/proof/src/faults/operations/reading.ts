import type { CheckProblem, EnhancedFileManager } from '@tgstore/core';
import { collect } from '../../collect.ts';
import { conversation, kilobytes, type Operation, texts } from './operation.ts';

/** What changes nothing; it tells all, or fails. */
export const reading: readonly Operation[] = [
  {
    name: 'check',
    prepare,
    run: async (store) => {
      for await (const problem of store.check()) fail(problem);
    },
  },
  {
    name: 'list',
    prepare,
    run: async (store) => {
      const listed = await collect(store.listMetadata());
      for (const { error } of listed) if (error) throw error;
      return listed.map(({ file: { id, status }, metadata }) => [
        id,
        status,
        metadata?.message_count,
      ]);
    },
  },
  {
    name: 'load',
    prepare,
    run: async (store) => {
      const { messages } = await store.loadConversation('1');
      return [messages.size, (await collect(store.readMessages('2'))).length];
    },
  },
  {
    name: 'search',
    prepare,
    run: async (store) => {
      const hits = await collect(store.searchMessages('text 29'));
      return hits.map(({ message }) => message.id);
    },
  },
  {
    name: 'history',
    prepare,
    run: async (store) => {
      const history = await collect(store.history('2'));
      const { edited, deleted } = await store.changes('2', { sinceRevision: 1 });
      return [history.length, edited, deleted];
    },
  },
];

async function prepare(store: EnhancedFileManager): Promise<void> {
  await store.saveConversation(conversation('1', kilobytes(300)));
  await store.saveConversation(conversation('2', texts('a', 'b', 'c')));
  await store.deleteMessages('2', [2]);
  await store.markAsProcessed('2');
}

/** A check that can't read a file says so in its way. */
function fail({ severity, code, path, message }: CheckProblem): void {
  if (severity === 'error') throw Object.assign(new Error(message), { code, path });
}
