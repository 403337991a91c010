// What the types of the public API accept, refuse and promise. Compiled by the typecheck, never run.
import type { ExactOptionals } from '@tgstore/testkit';
import { expectTypeOf } from 'vitest';
import {
  type AcquireOptions,
  type BreakLockOptions,
  FileSystemLock,
  inspectLocks,
  type LockDirectoryOptions,
  LockError,
  type LockErrorCode,
  type LockInfo,
  type TokenOptions,
  type TryAcquireOptions,
  withLock,
} from '../src/index.ts';

declare const code: LockErrorCode;

export async function generics(): Promise<void> {
  expectTypeOf(withLock('a', async () => 7)).toEqualTypeOf<Promise<number>>();
  expectTypeOf(withLock('a', {}, () => 'text')).toEqualTypeOf<Promise<string>>();
  expectTypeOf(withLock('a', (lock) => lock.fencingNumber)).toEqualTypeOf<Promise<number>>();
  await withLock('a', { timeoutMs: undefined, signal: undefined, onWait: undefined }, () => {});
  // @ts-expect-error options come before the work
  await withLock('a', () => {}, {});
  // @ts-expect-error times are numbers
  await withLock('a', { timeoutMs: '1s' }, () => {});
}

export async function disposal(): Promise<void> {
  await using lock = await FileSystemLock.acquire('a', { shared: true });
  expectTypeOf(lock.signal).toEqualTypeOf<AbortSignal>();
  await using maybe = await FileSystemLock.tryAcquire('a');
  expectTypeOf(maybe).toEqualTypeOf<FileSystemLock | undefined>();
  // @ts-expect-error who does not wait has no time to wait
  await FileSystemLock.tryAcquire('a', { timeoutMs: 1 });
  expectTypeOf(await inspectLocks('.locks')).toEqualTypeOf<LockInfo[]>();
}

export function everyCode(): string {
  const error = new LockError('LOCK_TIMEOUT', 'a', 'no', { holders: undefined });
  expectTypeOf(error.holders).toEqualTypeOf<readonly LockInfo[]>();
  switch (code) {
    case 'LOCK_ALIVE':
    case 'LOCK_DAMAGED':
    case 'LOCK_LOST':
    case 'LOCK_NETWORK_FILE_SYSTEM':
    case 'LOCK_NOT_WRITABLE':
    case 'LOCK_REENTRANT':
    case 'LOCK_TIMEOUT':
      return code;
    default:
      return code satisfies never;
  }
}

/** What is passed on may be `undefined`. */
export function optionals(): void {
  expectTypeOf<ExactOptionals<AcquireOptions>>().toBeNever();
  expectTypeOf<ExactOptionals<BreakLockOptions>>().toBeNever();
  expectTypeOf<ExactOptionals<LockDirectoryOptions>>().toBeNever();
  expectTypeOf<ExactOptionals<TokenOptions>>().toBeNever();
  expectTypeOf<ExactOptionals<TryAcquireOptions>>().toBeNever();
}
