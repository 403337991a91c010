import type { EnhancedFileManager, Processor } from '@tgstore/core';
import { collect } from '../../collect.ts';
import { hasCode } from '../../has-code.ts';
import { conversation, type Operation, texts } from './operation.ts';

/** The code of what the processor throws. */
export const REFUSED = 'REFUSED';

/** Conversations that are handed to a processor. */
export const processing: readonly Operation[] = [
  {
    name: 'process',
    prepare: prepareTwo,
    run: (store) => process(store, (one) => collect(one.changedMessages())),
  },
  {
    name: 'process in vain',
    prepare: prepareTwo,
    run: async (store) => {
      const refuse = (): never => {
        throw Object.assign(new Error('refused'), { code: REFUSED });
      };
      await process(store, refuse).catch((error: unknown) => {
        if (!hasCode(error, REFUSED)) throw error;
      });
      const failed = await collect(store.listFailed());
      if (failed.length === 2) return;
      // where the store is gone in the middle, they are gone with it
      throw coded(`${failed.length} of 2 failures were recorded`, store);
    },
  },
];

async function prepareTwo(store: EnhancedFileManager): Promise<void> {
  await store.saveConversation(conversation('1', texts('a', 'b')));
  await store.saveConversation(conversation('2', texts('c')));
}

async function process(store: EnhancedFileManager, work: Processor<unknown>): Promise<void> {
  const results = await store.processAllUnprocessed(work, { concurrency: 2, retryFailed: true });
  // what fails beside the processor comes first
  const errors = [...results.values()].flatMap(({ error }) => (error ? [error as Error] : []));
  const [first] = errors.toSorted((one, other) => rank(one) - rank(other));
  if (first) throw first;
  const bad = [...results].find(([, { status }]) => status !== 'processed');
  if (bad) throw coded(`conversation ${bad[0]} is ${bad[1].status}`, store);
}

function rank(error: Error): number {
  return Number(hasCode(error, REFUSED));
}

/** What this tells of by itself. */
function coded(message: string, { storageDir }: EnhancedFileManager): Error {
  return Object.assign(new Error(message), { code: 'NOT_PROCESSED', path: storageDir });
}
