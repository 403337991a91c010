import { resolve } from 'node:path';
import { describeQueue } from './describe-queue.ts';
import { hasCode } from './errors.ts';
import { LockDirectory } from './lock-directory.ts';
import type { LockInfo } from './lock-info.ts';

/**
 * Who holds and who waits in a lock directory, in order for each path. Takes no lock and leaves no trace; where the directory
 * is missing, there are none.
 *
 * @throws {@link LockError} `LOCK_DAMAGED`
 */
export async function inspectLocks(directory: string): Promise<LockInfo[]> {
  const locks = new LockDirectory(resolve(directory), { allowNetwork: true, lookOnly: true });
  try {
    await locks.open();
    const all: LockInfo[] = [];
    for (const queue of await locks.queues()) all.push(...(await describeQueue(locks, queue)));
    return all.sort((a, b) => compare(a.path, b.path));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

// those of one path keep their order
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
