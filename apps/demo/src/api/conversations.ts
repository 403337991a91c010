import type { ConversationStatus, ShownError } from './store.ts';

export type ChatType = 'private' | 'bot' | 'group' | 'supergroup' | 'channel';

/** One line of the list. `GET /api/conversations` streams them, one JSON document a line. */
export interface ConversationRow {
  readonly id: string;
  readonly name?: string | undefined;
  readonly username?: string | undefined;
  readonly type?: ChatType | undefined;
  readonly status: ConversationStatus;
  /** `undefined` where the file does not say. */
  readonly messageCount?: number | undefined;
  /** Bytes of the file. */
  readonly size: number;
  /** ISO 8601, UTC. */
  readonly lastMessageDate?: string | undefined;
  /** Why its last processing failed. */
  readonly failure?: Failure | undefined;
  /** Why its file can't be read; then only `id`, `status` and `size` are known. */
  readonly error?: ShownError | undefined;
}

export interface Failure {
  readonly attempts: number;
  readonly message: string;
  /** ISO 8601, UTC; `undefined` where it is not tried again by itself. */
  readonly nextAttempt?: string | undefined;
}

/** `GET /api/conversations/:id` */
export interface ConversationDetails extends ConversationRow {
  /** Absolute. */
  readonly path: string;
  readonly participants: readonly { readonly id: string; readonly name: string }[];
  /** Of the first message that has one; ISO 8601, UTC. */
  readonly firstMessageDate?: string | undefined;
  readonly revision?: number | undefined;
  readonly lastUpdate?: string | undefined;
  /** What the metadata says of where it came from, as JSON. */
  readonly source?: string | undefined;
}

/** `POST /api/conversations/:id/status`; answers with the new row. */
export interface StatusChange {
  readonly status: ConversationStatus;
}
