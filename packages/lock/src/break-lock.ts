import { resolve } from 'node:path';
import { nameHolder } from './acquire.ts';
import { describeQueue } from './describe-queue.ts';
import { hasCode, LockError } from './errors.ts';
import { LockDirectory, type LockDirectoryOptions, lockDirectoryFor } from './lock-directory.ts';
import type { LockInfo } from './lock-info.ts';
import { silenceMs } from './presence.ts';

/** Options of {@link breakLock}. */
export interface BreakLockOptions extends LockDirectoryOptions {
  /**
   * Breaks locks of holders that are not proved dead too. They learn of it by `signal` and `assertHeld()`, if they look: two
   * may work at the same time. On another machine it needs ten minutes without a heartbeat as well. @default false
   */
  readonly force?: boolean | undefined;
}

/**
 * Breaks a lock for a person who looked into it: takes it from all who hold it, and resolves to who that was. Those who wait
 * for it need not call this, they take it from the dead by themselves.
 *
 * @throws {@link LockError} `LOCK_ALIVE` where a holder is not proved dead and `force` is not set, or one on another
 * machine gave a sign in the last ten minutes; nothing was broken then. `LOCK_DAMAGED`
 */
export async function breakLock(
  path: string,
  { force = false, ...options }: BreakLockOptions = {},
): Promise<LockInfo[]> {
  const place = lockDirectoryFor(path, options).path;
  const directory = new LockDirectory(place, { allowNetwork: true, lookOnly: true });
  const key = directory.keyOf(resolve(path));
  const queue = directory.queueOf(key);
  try {
    await directory.open();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
  const holders = (await describeQueue(directory, queue, key)).filter(
    ({ state }) => state === 'held',
  );
  for (const holder of holders) await refuseIfAlive(place, holder, force);
  for (const { ticket } of holders) await queue.spend(ticket);
  return holders;
}

async function refuseIfAlive(directory: string, holder: LockInfo, force: boolean): Promise<void> {
  const { liveness, owner, path } = holder;
  if (liveness === 'dead') return;
  const refuse = (why: string): LockError => {
    const message = `the lock on ${path} was not broken: ${nameHolder(holder)} ${why}`;
    return new LockError('LOCK_ALIVE', path, message, { holders: [holder] });
  };
  if (!force) {
    const state = liveness === 'alive' ? 'lives' : 'is not proved dead';
    throw refuse(`${state}; end it, or use force if it no longer writes`);
  }
  if (liveness !== 'unknown' || owner.presence === null) return;
  const silence = await silenceMs(directory, owner.presence);
  if (silence === undefined || silence > SILENCE_MS) return;
  throw refuse(`gave a sign ${Math.round(silence / 1000)} s ago; it takes 600 s without one`);
}

const SILENCE_MS = 10 * 60 * 1000;
