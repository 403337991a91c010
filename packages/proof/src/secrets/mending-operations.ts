import { join } from 'node:path';
import { loadConfig } from '@tgstore/core';
import type { Operation, Tools } from './tools.ts';

/** Damaged files, and what is done about them. */
export function mendingOperations({
  withStore,
  conversation,
  broken,
  place,
  logger,
}: Tools): Operation[] {
  return [
    { name: 'migrate', run: () => withStore((store) => store.migrate()) },
    { name: 'deleteConversation', run: () => withStore((store) => store.deleteConversation('4')) },
    {
      name: 'recover',
      run: async () => {
        await broken(join(place.store, '2_unprocessed.json'));
        const recovery = await withStore((store) => store.recover({ minAgeMs: 0 }));
        logger.warn({ recovery }, 'recovered');
      },
    },
    {
      name: 'loadConversation, damaged',
      fails: 'STORE_INVALID_FILE',
      run: async () => {
        await broken(join(place.store, '2_unprocessed.json'));
        await withStore((store) => store.loadConversation('2'));
      },
    },
    {
      name: 'processAllUnprocessed, damaged',
      run: async () => {
        const results = await withStore((store) =>
          store.processAllUnprocessed(async (one) => void (await one.load()), {
            retryFailed: true,
          }),
        );
        for (const { error } of results.values()) logger.warn({ error }, 'it failed');
      },
    },
    {
      name: 'changeConversation, damaged',
      fails: 'STORE_INVALID_FILE',
      run: () => withStore((store) => store.mergeConversation(conversation('2'))),
    },
    {
      name: 'loadConfig, damaged',
      fails: 'STORE_CONFIG_INVALID',
      run: () => loadConfig({ workingDirectory: place.inputs, file: 'broken.yaml', env: {} }),
    },
    { name: 'recover, at last', run: () => withStore((store) => store.recover({ minAgeMs: 0 })) },
    {
      name: 'check',
      run: async () =>
        withStore(async (store) => {
          for await (const problem of store.check()) logger.warn({ problem }, problem.message);
        }),
    },
  ];
}
