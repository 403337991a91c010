import { idsWithState, type ProcessingFailure, readState } from './state-file.ts';
import type { StoreDirectory } from './store-directory.ts';

/** An unprocessed conversation whose processing failed, and how. */
export interface FailedConversation extends ProcessingFailure {
  /** Its id. */
  readonly id: string;
}

/** Options of {@link EnhancedFileManager.listFailed}. */
export interface ListFailedOptions {
  /** Only these conversations. @default all */
  readonly ids?: Iterable<string> | undefined;
}

/** Reads the states of the unprocessed conversations, sixteen at a time; those of the others are not of interest. */
export async function* listFailed(
  store: StoreDirectory,
  { ids }: ListFailedOptions = {},
): AsyncGenerator<FailedConversation> {
  const wanted = ids && new Set(ids);
  const listed = await store.list();
  const known = await idsWithState(store);
  const files = listed.filter(
    ({ id, status }) => status === 'unprocessed' && known.has(id) && (wanted?.has(id) ?? true),
  );
  for (let at = 0; at < files.length; at += AT_A_TIME) {
    const group = files.slice(at, at + AT_A_TIME);
    const states = await Promise.all(group.map(({ id }) => readState(store, id)));
    for (const [index, { failure }] of states.entries()) {
      if (failure) yield { ...failure, id: group[index]?.id as string };
    }
  }
}

const AT_A_TIME = 16;
