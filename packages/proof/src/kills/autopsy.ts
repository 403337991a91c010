import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeId, listConversationLocks } from '@tgstore/core';
import { isTemporaryName } from '@tgstore/fs';

/** What a killed process left, before somebody else clears it away. */
export interface Remains {
  readonly heldLock: boolean;
  readonly undoRecord: boolean;
  readonly temporaryFile: boolean;
}

export async function autopsy(storageDir: string, pid: number | undefined): Promise<Remains> {
  const locks = await listConversationLocks(storageDir);
  const held = locks.filter((lock) => lock.pid === pid && lock.state === 'held');
  const own = ['', 'state', 'changes', 'restore'].map((name) => join(storageDir, '.tgstore', name));
  const names = await Promise.all([storageDir, ...own, join(storageDir, 'backups')].map(entries));
  const records = held.map(({ id }) => `.${encodeId(id)}.undo`);
  const mark = `-${pid?.toString(36).padStart(7, '0')}-`;
  return {
    heldLock: held.length > 0,
    undoRecord: names[0]?.some((name) => records.includes(name)) ?? false,
    temporaryFile: names.flat().some((name) => isTemporaryName(name) && name.includes(mark)),
  };
}

async function entries(path: string): Promise<string[]> {
  return await readdir(path).catch(() => []);
}
