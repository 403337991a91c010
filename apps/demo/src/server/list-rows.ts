import type { EnhancedFileManager, FailedConversation, ListedConversation } from '@tgstore/core';
import type { ConversationDetails, ConversationRow } from '../api/index.ts';
import type { Services } from './services.ts';
import { showDetails } from './show/conversation.ts';
import { showRow } from './show/row.ts';

type RowServices = Pick<Services, 'store' | 'showError'>;

/** All conversations, in the order of their ids. */
export async function* listRows({
  store,
  showError,
}: RowServices): AsyncGenerator<ConversationRow> {
  const failures = await readFailures(store);
  for await (const listed of store.listMetadata()) {
    yield showRow(listed, failures.get(listed.file.id), showError);
  }
}

/** Those of these conversations that are still there, in any order; a few are read at a time. */
export async function readRows(
  { store, showError }: RowServices,
  ids: readonly string[],
): Promise<ConversationRow[]> {
  const failures = await readFailures(store, ids);
  const rows: ConversationRow[] = [];
  for (let at = 0; at < ids.length; at += AT_A_TIME) {
    const some = ids.slice(at, at + AT_A_TIME);
    const listed = await Promise.all(some.map((id) => readOne(store, id)));
    for (const one of listed) {
      if (one) rows.push(showRow(one, failures.get(one.file.id), showError));
    }
  }
  return rows;
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

/** `undefined` where it is gone. */
async function readOne(
  store: EnhancedFileManager,
  id: string,
): Promise<ListedConversation | undefined> {
  let file: ListedConversation['file'] | undefined;
  let size = 0;
  try {
    await using open = await store.openConversation(id);
    size = open.size;
    file = { id, status: open.status, path: open.path, canonical: true };
    return { file, size, metadata: await open.readMetadata() };
  } catch (error) {
    if (isNotFound(error)) return undefined;
    file ??= { id, status: 'unprocessed', path: '', canonical: true };
    return { file, size, metadata: undefined, error };
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

function isNotFound(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'STORE_NOT_FOUND';
}

const AT_A_TIME = 16;
