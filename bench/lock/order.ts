import type { LockName } from './locks.ts';

/** What a process of the crew is told to do with a lock. */
export type Order = { readonly lock: LockName; readonly path: string } & (
  | { readonly task: 'hold'; readonly holdMs: number }
  | { readonly task: 'wait'; readonly seconds: number }
  | { readonly task: 'compete'; readonly seconds: number; readonly seed: number }
  /** No more of this path: who waits gives up, who holds gives back. */
  | { readonly task: 'stop' }
);

/** What it has to say. Times are those of `sharedNow`. */
export type Report =
  | { readonly kind: 'ready' }
  | { readonly kind: 'taken'; readonly path: string; readonly at: number }
  /** `at` is undefined where it gave up waiting. */
  | { readonly kind: 'given'; readonly path: string; readonly at?: number | undefined }
  | { readonly kind: 'waited'; readonly cpuPercent: number }
  | ({ readonly kind: 'competed' } & Competition);

export interface Competition {
  readonly operations: number;
  readonly longestWaitMs: number;
}
