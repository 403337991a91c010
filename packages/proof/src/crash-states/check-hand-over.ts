import { type Changes, EnhancedFileManager } from '@tgstore/core';
import { hasCode } from '../has-code.ts';
import { givenBefore, type Subject } from './expected.ts';
import { contentOf, differing, type View, viewOf } from './view.ts';

interface Given extends Omit<View, 'status'> {
  readonly changes: Changes;
}

/**
 * Hands over what is unprocessed after a crash. What has the processed name then, and was not handed over, must have been before;
 * and what was handed over must tell of each message that differs from something that was.
 */
export async function checkHandOver(
  subject: Subject,
  acknowledged: number,
  storageDir: string,
): Promise<string[]> {
  const handed = new Map<string, Given>();
  const store = new EnhancedFileManager({ storageDir });
  const statuses = await store
    .processAllUnprocessed(
      async (conversation, { changes }) => {
        handed.set(conversation.id, { ...contentOf(await conversation.load()), changes });
      },
      { retryFailed: true },
    )
    .catch((error: unknown) => {
      if (!hasCode(error, 'STORE_NOT_A_STORE')) throw error;
      return new Map<string, { status: string; error?: unknown }>();
    });
  const wrong = [...statuses]
    .filter(([, { status }]) => status !== 'processed')
    .map(([id, { status, error }]) => `processing ${id}: ${status} ${error}`);
  for (const [id, view] of await viewOf(storageDir)) {
    const before = givenBefore(subject, acknowledged, id);
    const given = handed.get(id);
    if (view.status !== 'processed') wrong.push(`${id} is not processed`);
    const known = given ? [given] : before;
    if (!known.some(({ content }) => content === view.content)) {
      wrong.push(`${id} is marked processed, and no processor was given what it is`);
    }
    if (given && !tellsAll(given, before)) wrong.push(`${id} is handed over without some changes`);
  }
  return wrong;
}

function tellsAll({ changes, messages }: Given, before: readonly Omit<View, 'status'>[]): boolean {
  if (changes.everything) return true;
  const tells = (id: string): boolean => changes.includes(id) || changes.deleted.includes(id);
  return before.some((view) => differing(view.messages, messages).every(tells));
}
