import { changeConversation } from './change-conversation.ts';
import type { Logger } from './logger.ts';
import type { StoreDirectory } from './store-directory.ts';

/**
 * Mends what a look at the names shows, once before the first change: interrupted appends, conversations under several names.
 * What can't be mended stays as it is, for `recover`; it stops nobody from changing the others.
 */
export async function mendStore(store: StoreDirectory, logger: Logger): Promise<void> {
  for (const [id, what] of await findBroken(store)) {
    try {
      await changeConversation(store, id, 'mend', async () => {});
      logger.warn({ id }, `${what}; it is mended`);
    } catch (error) {
      logger.error({ id, error }, `${what}; run tgstore recover`);
    }
  }
}

/** What the names show, by conversation. */
async function findBroken(store: StoreDirectory): Promise<Map<string, string>> {
  const seen = new Set<string>();
  const broken = new Map<string, string>();
  for (const name of await store.namesIn(store.path)) {
    const interrupted = store.layout.idOfUndoRecord(name);
    if (interrupted !== undefined) broken.set(interrupted, 'an append was interrupted');
    const id = store.layout.parse(name)?.id;
    if (id === undefined) continue;
    if (seen.has(id)) broken.set(id, 'the conversation stood under several names');
    seen.add(id);
  }
  return broken;
}
