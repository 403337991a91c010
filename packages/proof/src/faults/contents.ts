import { createHash } from 'node:crypto';
import { FileManager } from '@tgstore/core';
import { collect } from '../collect.ts';
import { hasCode } from '../has-code.ts';

/** Of each conversation its status and what its messages are. */
export type Contents = Readonly<
  Record<string, { readonly status: string; readonly messages: string }>
>;

export async function contentsOf(store: string): Promise<Contents> {
  const files = new FileManager({ storageDir: store });
  const contents: Record<string, { status: string; messages: string }> = {};
  for (const { id, status } of await listed(files)) {
    const hash = createHash('sha256');
    const messages = await collect(files.readMessages(id));
    hash.update(JSON.stringify(messages));
    contents[id] = { status, messages: `${messages.length} ${hash.digest('hex').slice(0, 8)}` };
  }
  return contents;
}

async function listed(files: FileManager) {
  return await files.listFiles().catch((error: unknown) => {
    if (hasCode(error, 'STORE_NOT_A_STORE')) return [];
    throw error;
  });
}

/** What is wrong where each conversation must be the old or the new one, and none is processed that was not. */
export function mixtures(now: Contents, before: Contents, after: Contents): string[] {
  const wrong: string[] = [];
  for (const id of new Set([now, before, after].flatMap((one) => Object.keys(one)))) {
    const [is, old, young] = [now[id], before[id], after[id]];
    if (!is) {
      if (old && young) wrong.push(`conversation ${id} is lost`);
      continue;
    }
    const sides = [old, young].filter((side) => side?.messages === is.messages);
    const isMarkedWrongly =
      is.status === 'processed' && !sides.some((side) => side?.status === 'processed');
    if (sides.length === 0) wrong.push(`conversation ${id} is neither old nor new: ${is.messages}`);
    else if (isMarkedWrongly) wrong.push(`conversation ${id} is processed with changed content`);
  }
  return wrong;
}

export function isSame(one: Contents, other: Contents): boolean {
  const sorted = (contents: Contents): string => JSON.stringify(Object.entries(contents).sort());
  return sorted(one) === sorted(other);
}
