import type { AcquireOptions } from './acquire.ts';
import { acquireIn, type FileSystemLock, holdingFor } from './file-system-lock.ts';
import { runHolding } from './holding.ts';

/**
 * Runs `work` while a lock is held and gives it back when that has settled, whichever way; resolves to its result.
 * Before a change that must not happen without the lock, `work` calls `lock.assertHeld()`.
 *
 * @throws as {@link FileSystemLock.acquire}, and whatever `work` throws
 *
 * @example
 * await withLock('counter.json', async () => {
 *   const { count } = JSON.parse(await readFile('counter.json', 'utf8'));
 *   await writeFile('counter.json', JSON.stringify({ count: count + 1 }));
 * });
 */
export async function withLock<T>(
  path: string,
  work: (lock: FileSystemLock) => T | Promise<T>,
): Promise<T>;
export async function withLock<T>(
  path: string,
  options: AcquireOptions,
  work: (lock: FileSystemLock) => T | Promise<T>,
): Promise<T>;
export async function withLock<T>(
  path: string,
  ...args:
    | [(lock: FileSystemLock) => T | Promise<T>]
    | [AcquireOptions, (lock: FileSystemLock) => T | Promise<T>]
): Promise<T> {
  const [options, work] = args.length === 1 ? [{}, args[0]] : args;
  const holding = holdingFor(path, options);
  return await runHolding(holding, async () => {
    await using lock = await acquireIn(holding, path, options);
    return await work(lock);
  });
}
