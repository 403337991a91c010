import type { ShownError } from './store.ts';

/** `GET /api/locks`: who holds and waits for which conversation, and who has one in hand to process it. */
export interface LockOverview {
  readonly locks: readonly ShownLock[];
  readonly claims: readonly ShownClaim[];
}

export interface ShownLock extends Holder {
  readonly conversationId: string;
  readonly state: string;
  readonly kind: string;
  /** What it does, as `appendMessages`. */
  readonly operation?: string | undefined;
}

export interface ShownClaim extends Holder {
  readonly conversationId: string;
}

export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** ISO 8601, UTC. */
  readonly since?: string | undefined;
  /** `alive`, `dead`, or `unknown` */
  readonly liveness: string;
}

/** `GET /api/check` reads every conversation and streams these, one a line. */
export type CheckEvent =
  | {
      readonly type: 'progress';
      readonly done: number;
      readonly total: number;
      readonly messages: number;
    }
  | {
      readonly type: 'problem';
      readonly code: string;
      readonly severity: 'error' | 'notice';
      readonly path: string;
      readonly conversationId?: string | undefined;
      readonly message: string;
      readonly remedy: string;
    }
  | {
      readonly type: 'done';
      readonly conversations: number;
      readonly messages: number;
      readonly problems: number;
    }
  | { readonly type: 'failed'; readonly error: ShownError };
