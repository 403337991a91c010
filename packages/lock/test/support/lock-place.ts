import { join } from 'node:path';
import { tempDirectory } from '@tgstore/testkit';
import { type HeldTicket, takeTurn } from '../../src/acquire.ts';
import type { LockFileSystem } from '../../src/file-system.ts';
import { giveBack } from '../../src/give-back.ts';
import { LockDirectory } from '../../src/lock-directory.ts';

/** A fresh directory with something to lock in it. */
export interface LockPlace extends AsyncDisposable {
  readonly path: string;
  /** What is to be locked. */
  readonly file: string;
  /** Where its locks are kept. */
  readonly locks: string;
}

export async function lockPlace(): Promise<LockPlace> {
  const dir = await tempDirectory();
  return {
    path: dir.path,
    file: join(dir.path, 'chat.json'),
    locks: join(dir.path, '.locks'),
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}

/** A lock that another object of this process holds: to this one it is as good as another process. */
export async function heldByAnother(
  { file, locks }: LockPlace,
  options: Parameters<typeof takeTurn>[2] & { fileSystem?: LockFileSystem } = {},
): Promise<HeldTicket & { release(): Promise<void> } & AsyncDisposable> {
  const { fileSystem, ...rest } = options;
  const held = await takeTurn(new LockDirectory(locks, { fileSystem }), file, rest);
  const release = async (): Promise<void> => {
    held.leave();
    await giveBack(held.queue, held.ticket.id);
  };
  return { ...held, release, [Symbol.asyncDispose]: release };
}
