import { FileSystemLock } from '@tgstore/lock';
import properLockfile from 'proper-lockfile';

/** What is compared: ours, and proper-lockfile as its README has it and with retries that suit short holds. */
export const LOCKS = {
  ours: '`@tgstore/lock`',
  tuned: 'proper-lockfile, retries every 2 to 50 ms',
  plain: 'proper-lockfile, `retries: 100`',
} as const;

export type LockName = keyof typeof LOCKS;

export const lockNames = Object.keys(LOCKS) as LockName[];

interface TakeOptions {
  /** proper-lockfile has no such locks, and takes exclusive ones. */
  readonly shared?: boolean | undefined;
  /** proper-lockfile goes on waiting. */
  readonly signal?: AbortSignal | undefined;
}

/** Takes the lock on an existing file, however long that takes; resolves to what gives it back. */
export async function take(
  lock: LockName,
  path: string,
  { shared = false, signal }: TakeOptions = {},
): Promise<() => Promise<void>> {
  if (lock !== 'ours') return await properLockfile.lock(path, { retries: RETRIES[lock] });
  const timeoutMs = Number.POSITIVE_INFINITY;
  const held = await FileSystemLock.acquire(path, { shared, signal, timeoutMs });
  return () => held.release();
}

const RETRIES = {
  plain: 100,
  tuned: { retries: 1000, minTimeout: 2, maxTimeout: 50, randomize: true },
};
