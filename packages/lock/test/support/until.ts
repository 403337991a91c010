import { inspectLocks } from '../../src/inspect-locks.ts';
import type { LockInfo } from '../../src/lock-info.ts';

/** Resolves when something has come true; a test that waits in vain ends by its timeout. */
export async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** Resolves when that many hold or wait for locks on the disk, to who that is. */
export async function untilQueued(directory: string, count: number): Promise<LockInfo[]> {
  let infos: LockInfo[] = [];
  await until(async () => {
    infos = await inspectLocks(directory);
    return infos.length === count;
  });
  return infos;
}

/** Lets everything happen that can happen by now without the disk. */
export async function settle(): Promise<void> {
  await new Promise(setImmediate);
}

export type Outcome<T> = { readonly value: T } | { readonly error: unknown } | undefined;

/** What has become of a promise by now; `undefined` while nothing has. */
export function outcomeOf<T>(promise: Promise<T>): () => Outcome<T> {
  let outcome: Outcome<T>;
  promise.then(
    (value) => {
      outcome = { value };
    },
    (error: unknown) => {
      outcome = { error };
    },
  );
  return () => outcome;
}
