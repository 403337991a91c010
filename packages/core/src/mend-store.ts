import { type Mended, mendConversation } from './change-conversation.ts';
import { isInterrupted } from './interrupted-append.ts';
import type { Logger } from './logger.ts';
import type { StoreDirectory } from './store-directory.ts';

/**
 * Mends what a look at the names shows, once before the first change: interrupted appends, conversations under several names.
 * What can't be mended stays as it is, for `recover`; it stops nobody from changing the others.
 */
export async function mendStore(store: StoreDirectory, logger: Logger): Promise<void> {
  for (const [id, what] of await findBroken(store)) {
    try {
      const mended = await store.change(id, 'mend', (held) => mendConversation(store, id, held));
      for (const text of tell(mended)) logger.warn({ id }, text);
    } catch (error) {
      logger.error({ id, error }, `${what}; run tgstore recover`);
    }
  }
}

/** What was done: nothing where somebody else was faster. */
function* tell({ append, moved }: Mended): Generator<string> {
  if (append === 'quarantined') {
    yield `${INTERRUPTED}; its undo record does not fit the file, and was moved to quarantine`;
  } else if (append !== 'none') {
    yield `${INTERRUPTED}; it is mended`;
  }
  if (moved.length > 0) yield `${SEVERAL_NAMES}; it is mended`;
}

/** What the names show, by conversation. */
async function findBroken(store: StoreDirectory): Promise<Map<string, string>> {
  const seen = new Set<string>();
  const broken = new Map<string, string>();
  for (const name of await store.namesIn(store.path)) {
    const appended = store.layout.idOfUndoRecord(name);
    if (appended !== undefined && (await isInterrupted(store, appended))) {
      broken.set(appended, INTERRUPTED);
    }
    const id = store.layout.parse(name)?.id;
    if (id === undefined) continue;
    if (seen.has(id)) broken.set(id, SEVERAL_NAMES);
    seen.add(id);
  }
  return broken;
}

const INTERRUPTED = 'an append was interrupted';
const SEVERAL_NAMES = 'the conversation stood under several names';
