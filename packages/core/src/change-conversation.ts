import { changeContent } from './change-content.ts';
import { copyIn, mergeIn } from './content-source.ts';
import { ConversationFile } from './conversation-file.ts';
import type { HeldGuard } from './conversation-guard.ts';
import type { StoredFile } from './layout.ts';
import { quarantine } from './quarantine.ts';
import type { StoreDirectory } from './store-directory.ts';
import { type TakenBack, takeBackAppend } from './take-back-append.ts';

/**
 * Runs a change of one conversation under its lock, after what a crash or another program left of it was mended. `change` is given
 * its file, the only one; `undefined` where there is none.
 */
export async function changeConversation<T>(
  store: StoreDirectory,
  id: string,
  operation: string,
  change: (held: HeldGuard, found: StoredFile | undefined) => Promise<T>,
): Promise<T> {
  return await store.change(id, operation, async (held) => {
    const { found } = await mendConversation(store, id, held);
    return await change(held, found);
  });
}

/** Writes a conversation anew, with the content that it has: in our layout, counted, under one name. */
export async function writeAnew(
  store: StoreDirectory,
  id: string,
  operation: string,
): Promise<void> {
  await changeConversation(store, id, operation, (held, found) =>
    changeContent(store, id, held, { found, operation, always: true, rewrite: copyIn }),
  );
}

interface United {
  /** The only file there is now. */
  readonly found: StoredFile | undefined;
  /** Where the others are. */
  readonly moved: readonly string[];
}

/** What was mended of a conversation. */
export interface Mended extends United {
  readonly append: TakenBack;
}

/** Mends what a crash or another program left of a conversation. To be called under its lock. */
export async function mendConversation(
  store: StoreDirectory,
  id: string,
  held: HeldGuard,
): Promise<Mended> {
  const append = await takeBackAppend(store, id);
  return { append, ...(await uniteNames(store, id, held)) };
}

/**
 * Where a conversation stands under several names, which only other programs do, the first takes over what the others have,
 * and these go to quarantine. To be called under the lock, where no append is interrupted.
 */
export async function uniteNames(
  store: StoreDirectory,
  id: string,
  held: HeldGuard,
): Promise<United> {
  const names = await findNames(store, id);
  const [found, ...others] = names;
  // merging looks only at what is in both: what is broken must not spread
  if (others.length > 0) for (const { path } of names) await validate(store, path);
  const moved: string[] = [];
  for (const { path } of others) {
    await using other = await ConversationFile.open(path, store);
    await changeContent(store, id, held, {
      found: await store.find(id),
      operation: 'unite',
      rewrite: (rewriting) => mergeIn(rewriting, other),
    });
    held.assertHeld();
    moved.push(await quarantine(store, path));
  }
  return { found: moved.length > 0 ? await store.find(id) : found, moved };
}

async function validate(store: StoreDirectory, path: string): Promise<void> {
  await using file = await ConversationFile.open(path, store);
  await file.validateMessages();
}

/** The files of a conversation, the one first that readers take. */
export async function findNames(store: StoreDirectory, id: string): Promise<StoredFile[]> {
  const candidates = store.layout.candidates(id);
  const exist = await Promise.all(candidates.map(({ path }) => store.exists(path)));
  return candidates.filter((_file, index) => exist[index]);
}
