import { resolve } from 'node:path';
import { judge } from './liveness.ts';
import { LockDirectory, lockDirectoryFor } from './lock-directory.ts';
import { describeProcess, nodeSystem, type ProcessToken, startOf } from './process-token.ts';

/** Which lock directory a token is for. */
export interface TokenOptions {
  /**
   * A lock directory on the disk of which the token is kept. With it a copy of the token in a copy of that directory is void,
   * and death is proved across pid namespaces too.
   */
  readonly directory?: string | undefined;
}

/**
 * A token that names this process (in a worker thread: that thread) so that others can prove its death.
 *
 * @throws {@link LockError} `LOCK_NOT_WRITABLE` where there is no `directory` and it can't be made
 */
export async function describeSelf({ directory }: TokenOptions = {}): Promise<ProcessToken> {
  if (directory === undefined) return { ...describeProcess(), directory: null, presence: null };
  const locks = lockDirectoryFor('', { directory, allowNetworkFileSystem: true });
  // for good: nobody says when the token is needed no more
  locks.enter();
  return await locks.open();
}

/**
 * A token that names a process group on this machine by the pid of its leader, such as a child that was spawned `detached`: its
 * death is proved when no member of it runs. On Windows, which has no groups, it names the process alone.
 *
 * @throws as {@link describeSelf}
 */
export async function describeProcessGroup(
  pid: number,
  options: TokenOptions = {},
): Promise<ProcessToken> {
  const self = await describeSelf(options);
  const start = startOf(pid, nodeSystem) ?? null;
  return { ...self, pid, start, thread: null, presence: null, group: true };
}

/**
 * Whether the process that a token names is proved dead: it has ended or the machine was started anew, whatever its clock
 * says and however long it has been silent. Of processes on other machines nothing is ever proved.
 * Rejects with `ENOENT` where `directory` is missing.
 */
export async function isProvedDead(
  token: ProcessToken,
  { directory }: TokenOptions = {},
): Promise<boolean> {
  if (directory !== undefined) {
    const locks = new LockDirectory(resolve(directory), { allowNetwork: true, lookOnly: true });
    return (await locks.judge(token)) === 'dead';
  }
  const ask = async (): Promise<'unknown'> => 'unknown';
  const observer = { self: describeProcess(), system: nodeSystem, directory: null, ask };
  return (await judge(token, observer)) === 'dead';
}
