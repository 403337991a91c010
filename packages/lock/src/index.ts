/**
 * Shared and exclusive locks between processes, broken only on proof of death.
 *
 * @example
 * ```ts
 * import { readFile, writeFile } from 'node:fs/promises';
 * import { inspectLocks, withLock } from '@tgstore/lock';
 *
 * await writeFile('counter.json', '0');
 * const increment = () =>
 *   withLock('counter.json', { operation: 'increment' }, async () => {
 *     const [holder] = await inspectLocks('.locks');
 *     const count = Number(await readFile('counter.json', 'utf8')) + 1;
 *     await writeFile('counter.json', String(count));
 *     return `${count} by ${holder.kind} ${holder.operation}, ${holder.liveness}`;
 *   });
 * console.log((await Promise.all([increment(), increment(), increment()])).join('\n'));
 * ```
 *
 * @packageDocumentation
 */

export type { AcquireOptions, TryAcquireOptions } from './acquire.ts';
export type { BreakLockOptions } from './break-lock.ts';
export { breakLock } from './break-lock.ts';
export type { LockErrorCode } from './errors.ts';
export { LockError } from './errors.ts';
export { FileSystemLock } from './file-system-lock.ts';
export { inspectLocks } from './inspect-locks.ts';
export type { Liveness } from './liveness.ts';
export type { LockDirectoryOptions } from './lock-directory.ts';
export type { LockInfo } from './lock-info.ts';
export type { ProcessToken } from './process-token.ts';
export { isProcessToken } from './process-token.ts';
export type { TokenOptions } from './self.ts';
export { describeProcessGroup, describeSelf, isProvedDead } from './self.ts';
export { withLock } from './with-lock.ts';
