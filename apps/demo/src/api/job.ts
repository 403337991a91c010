import type { ConversationRow } from './conversations.ts';
import type { ShownError } from './store.ts';

/** A processing job: one at a time. `GET /api/job` answers with the last one, or `null`. */
export interface Job {
  readonly id: number;
  readonly state: 'running' | 'stopping' | 'done' | 'failed';
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly endedAt?: string | undefined;
  readonly done: number;
  /** `undefined` until it is known. */
  readonly total?: number | undefined;
  /** How many came out as what: `processed`, `failed`, `changed`, … */
  readonly counts: Readonly<Record<string, number>>;
  /** The last ones that failed, 100 at most. */
  readonly failures: readonly { readonly conversationId: string; readonly error: ShownError }[];
  /** Why the job as a whole failed. */
  readonly error?: ShownError | undefined;
}

/** `POST /api/job` starts one, `DELETE /api/job` lets it finish what is in hand and take no more; both answer with the job. */
export interface JobRequest {
  /** Only these; all unprocessed ones without. */
  readonly ids?: readonly string[] | undefined;
  /** Takes those that failed before, too. */
  readonly retryFailed?: boolean | undefined;
}

/** `GET /api/events`, as server-sent events: `event: conversations`, `event: job`; the data is JSON. */
export interface ServerEvents {
  /** What any process changed: rows that are new or different, ids that are gone. */
  readonly conversations: {
    readonly changed: readonly ConversationRow[];
    readonly removed: readonly string[];
  };
  readonly job: Job | null;
}
