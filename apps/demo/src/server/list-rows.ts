import type { EnhancedFileManager, FailedConversation } from '@tgstore/core';
import type { ConversationDetails, ConversationRow } from '../api/index.ts';
import type { Services } from './services.ts';
import { showDetails } from './show/conversation.ts';
import { showRow } from './show/row.ts';

type RowServices = Pick<Services, 'store' | 'showError'>;

/** The rows of all conversations in the order of their ids, or of those of `ids` that are still there. */
export async function* listRows(
  { store, showError }: RowServices,
  ids?: readonly string[],
): AsyncGenerator<ConversationRow> {
  const failures = await readFailures(store, ids);
  for await (const listed of store.listMetadata({ ids })) {
    yield showRow(listed, failures.get(listed.file.id), showError);
  }
}

/** One conversation; what can't be read of it is said in its row. @throws {@link StoreError} `STORE_NOT_FOUND` */
export async function readDetails(
  { store, showError }: RowServices,
  id: string,
): Promise<ConversationDetails> {
  const failure = (await readFailures(store, [id])).get(id);
  await using file = await store.openConversation(id);
  const { path, status, size } = file;
  const listed = { file: { id, status, path, canonical: true }, size };
  try {
    const metadata = await file.readMetadata();
    const row = showRow({ ...listed, metadata }, failure, showError);
    return { ...row, path, ...(await showDetails(file, metadata)) };
  } catch (error) {
    const row = showRow({ ...listed, metadata: undefined, error }, failure, showError);
    return { ...row, path, participants: [] };
  }
}

/** Why processing failed, by conversation. */
async function readFailures(
  store: EnhancedFileManager,
  ids?: readonly string[],
): Promise<Map<string, FailedConversation>> {
  const failures = new Map<string, FailedConversation>();
  for await (const failed of store.listFailed({ ids })) failures.set(failed.id, failed);
  return failures;
}
